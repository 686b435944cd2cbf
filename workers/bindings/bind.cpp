#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "workers/bindings/binding.h"
#include "workers/bindings/bindings.h"
#include "workers/bindings/invoke.h"
#include "workers/completable.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;

constexpr std::chrono::milliseconds look_interval{20};

class BoundWorker final : public workers::Worker {
 public:
  BoundWorker(Binding binding, const workers::Registry& registry)
      : binding_(std::move(binding)), registry_(registry) {}

  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    if (starts_execution(task.resource)) complete(context);
    auto result = binding_.answers ? recorded(task, context) : delegate(task, context);
    return binding_.output ? binding_.output->evaluate(task.input, result) : result;
  }

 private:
  static bool starts_execution(std::string_view resource) {
    return resource.starts_with("arn:aws:states:::states:startExecution");
  }

  /// The task ends with what this binding gives, whatever would end it elsewhere.
  static void complete(workers::TaskContext& context) {
    if (auto* open = dynamic_cast<workers::Completable*>(&context)) open->complete();
  }

  bj::value recorded(const workers::Task& task, workers::TaskContext& context) const {
    const auto& answer = binding_.answers->pick(task);
    if (answer.token) complete(context);
    const auto until = std::chrono::steady_clock::now() + answer.delay;
    while (std::chrono::steady_clock::now() < until) {
      if (context.stop_requested()) throw workers::Cancelled();
      context.heartbeat();
      std::this_thread::sleep_for(look_interval);
    }
    if (answer.result) return *answer.result;
    throw workers::TaskFailed::with_cause(answer.error, answer.cause);
  }

  bj::value delegate(const workers::Task& task, workers::TaskContext& context) const {
    auto* worker = registry_.find(binding_.worker);
    if (!worker)
      throw workers::TaskFailed(
          "Resource.Unknown",
          fmt::format("the binding of \"{}\" names the worker \"{}\", which there is not{}",
                      task.resource, binding_.worker,
                      did_you_mean(binding_.worker, registry_.resources())),
          "docs/workers.md lists the workers", "ORCH-0204");
    auto inner = task;
    inner.resource = binding_.worker;
    inner.input = build_input(task.input);
    // What the operator wrote decides where it leads; a bare name passes on what the client wants.
    if (binding_.input || !binding_.payload_member.empty()) inner.access = nullptr;
    auto result = worker->run(inner, context);
    if (binding_.result_member.empty()) return result;
    auto* member =
        result.is_object() ? result.get_object().if_contains(binding_.result_member) : nullptr;
    return member ? std::move(*member) : bj::value();
  }

  /// The task's input, as the binding's template makes it, alone or as a member of the settings.
  bj::value build_input(const bj::value& given) const {
    auto input = binding_.input ? binding_.input->evaluate(given, nullptr) : given;
    if (binding_.payload_member.empty()) return input;
    auto whole = binding_.settings;
    if (binding_.worker == "orch:http" && !whole.contains("method")) whole["method"] = "POST";
    whole[binding_.payload_member] = std::move(input);
    return whole;
  }

  Binding binding_;
  const workers::Registry& registry_;
};

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in)
    throw Error("ORCH-0002", fmt::format("{}: {}", file.string(), std::strerror(errno)),
                "--bindings or ORCH_BINDINGS names the file");
  return std::move(text).str();
}

bj::value parse_file(const std::string& text, const std::filesystem::path& file) {
  try {
    return json::parse_strict(text);
  } catch (const json::SyntaxError& error) {
    throw Error("ORCH-0003", fmt::format("{} is not JSON: {}", file.string(), error.what()));
  }
}

/// lambda:invoke names its function in the parameters: those that bindings name come first.
void bind_all(workers::Registry& registry, std::vector<Binding> bindings) {
  InvokeTargets targets;
  std::vector<std::pair<std::string, std::unique_ptr<BoundWorker>>> workers;
  for (auto& binding : bindings) {
    auto pattern = binding.pattern;
    auto worker = std::make_unique<BoundWorker>(std::move(binding), registry);
    auto& list = names_functions(pattern) ? targets.functions : targets.bindings;
    list.emplace_back(pattern, worker.get());
    workers.emplace_back(std::move(pattern), std::move(worker));
  }
  for (const auto* resource : invoke_resources) {
    if (targets.functions.empty()) break;
    auto invoke = std::make_unique<Invoke>();
    invoke->targets = targets;
    invoke->targets.own = registry.find(resource);
    registry.bind(resource, std::move(invoke));
  }
  for (auto& [pattern, worker] : workers) registry.bind(pattern, std::move(worker));
}

}  // namespace

std::vector<StateMachine> bind(workers::Registry& registry, const std::filesystem::path& file) {
  const auto text = read_file(file);
  const auto document = parse_file(text, file);
  json::Problems problems;
  auto made = parse_bindings(document, problems);
  for (const auto& binding : made.bindings) {
    if (!binding.worker.empty() && !registry.find(binding.worker))
      problems.push_back({fmt::format("/bindings/{}/worker", json::pointer_token(binding.pattern)),
                          fmt::format("there is no worker \"{}\"{}", binding.worker,
                                      did_you_mean(binding.worker, registry.resources()))});
  }
  json::locate_problems(text, problems);
  if (!problems.empty()) throw InvalidDocument("ORCH-0014", file.string(), std::move(problems));
  bind_all(registry, std::move(made.bindings));
  for (auto& machine : made.machines) machine.file = file.parent_path() / machine.file;
  return std::move(made.machines);
}

}  // namespace orch::bindings
