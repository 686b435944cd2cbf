// validate: everything that is wrong with definitions, at once.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"
#include "orchestrator/service/integration.h"
#include "orchestrator/service/state_walk.h"
#include "orchestrator/status/text.h"
#include "workers/bindings/bindings.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct ValidateOptions {
  std::vector<std::string> files;
};

// Resources are no rule of the language, but a definition that names unknown ones cannot run here.
void check_resources(const std::string& text, asl::ParseResult& result,
                     const workers::Registry& workers) {
  if (!result.workflow) return;
  const auto check = [&](const std::string& place, const std::string& name, const bj::object&) {
    const auto& state = *result.workflow->by_name.at(name);
    const auto* task = std::get_if<asl::Task>(&state.body);
    if (!task || task->resource.kind == asl::TaskKind::activity ||
        workers.find(task->resource.text))
      return;
    Problem problem{place + "/Resource",
                    fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}",
                                task->resource.text, name,
                                did_you_mean(task->resource.text, workers.resources())),
                    "name one of the workers, or bind the resource with --bindings FILE"};
    problem.warning = true;
    result.problems.push_back(std::move(problem));
  };
  service::for_each_state(json::parse(text), "", check);
  json::locate_problems(text, result.problems);
}

/// What serves the resources of a run: the workers, the service's own integrations, the bindings.
std::unique_ptr<workers::Registry> known_workers(const Context& context) {
  auto registry = std::make_unique<workers::Registry>(workers::built_in());
  service::Integration().add_workers(*registry);
  const auto& file = context.settings.value("bindings");
  if (!file.empty()) bindings::bind(*registry, file);
  return registry;
}

bj::object problem_document(const std::string& file, const Problem& problem) {
  return {{"file", file},
          {"line", problem.line},
          {"column", problem.column},
          {"pointer", problem.pointer},
          {"severity", problem.warning ? "warning" : "error"},
          {"message", problem.message},
          {"hint", problem.hint}};
}

int validate(const Context& context, const ValidateOptions& options) {
  const auto workers = known_workers(context);
  bj::array documents;
  bool bad = false;
  for (const auto& file : options.files) {
    const auto definition = find_definition(file);
    auto result = asl::parse(definition.text);
    bad = bad || !result.workflow;
    check_resources(definition.text, result, *workers);
    for (const auto& problem : result.problems) {
      if (context.json()) {
        documents.push_back(problem_document(definition.file, problem));
      } else {
        context.print(problem_text(definition.file, problem, context.out.look));
      }
    }
    if (result.workflow && !context.json())
      context.say(fmt::format(
          "{}: valid, {}", definition.file,
          status::plural(static_cast<std::int64_t>(result.workflow->by_name.size()), "state")));
  }
  if (context.json()) print_documents(context, documents);
  return bad ? Exit::failure : Exit::ok;
}

}  // namespace

Action declare_validate(CLI::App& app) {
  const auto options = std::make_shared<ValidateOptions>();
  app.add_option("definitions", options->files, "files (- for standard input) or shipped workflows")
      ->type_name("FILE|NAME")
      ->required()
      ->expected(-1);
  add_setting(app, "bindings");
  return [options](Context& context) { return validate(context, *options); };
}

}  // namespace orch::cli
