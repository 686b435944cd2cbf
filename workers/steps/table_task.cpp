#include "workers/steps/table_task.h"

#include <utility>

#include <fmt/format.h>

#include "workers/connections/connections.h"
#include "workers/data/failure.h"

namespace orch::steps {
namespace {

const boost::json::value& member(const workers::Task& task, const char* name) {
  const auto* input = task.input.if_object();
  const auto* value = input ? input->if_contains(name) : nullptr;
  if (value) return *value;
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{} of state {}: no \"{}\" in the input", task.resource, task.state, name),
      "see the shipped workflows for what the step expects", "ORCH-0441");
}

/// Once both ends are open, errors of the source start with its name; all others happen at the
/// target.
const std::string& connection_of(const catalog::Entry& entry, const std::string& error) {
  return error.starts_with("Source.") ? entry.source_connection : entry.target_connection;
}

Ends open_ends(const workers::Task& task, const catalog::Entry& entry, Needs needs) {
  const auto connections = connections::Connections::load(task.connections);
  Ends ends;
  // The target first: opening it may switch its file to WAL, which no reader may hold up.
  ends.target = connections.open_target(entry.target_connection);
  if (needs == Needs::target) return ends;
  try {
    ends.source = connections.open_source(entry.source_connection);
  } catch (const workers::TaskFailed& failure) {
    throw data::amended(failure, "", {{"connection", entry.source_connection}});
  }
  return ends;
}

}  // namespace

boost::json::value run_step(
    const workers::Task& task, workers::TaskContext& context, Needs needs,
    const std::function<boost::json::object(const Work&, const Ends&)>& step) {
  const Work work{task, context, catalog::entry_from_json(member(task, "table"))};
  const auto& entry = work.entry;
  try {
    return step(work, open_ends(task, entry, needs));
  } catch (const workers::TaskFailed& failure) {
    throw data::amended(
        failure, "", {{"key", entry.key}, {"connection", connection_of(entry, failure.error())}});
  }
}

const boost::json::value& load_of(const workers::Task& task) { return member(task, "load"); }

data::LoadId load_id(const workers::Task& task, const boost::json::value& load) {
  const auto* object = load.if_object();
  const auto* id = object ? object->if_contains("load") : nullptr;
  if (!id || !id->is_string())
    throw workers::TaskFailed(
        "Input.Invalid",
        fmt::format("{} of state {}: \"load\" is not the output of orch:stage", task.resource,
                    task.state),
        "pass the whole result of orch:stage", "ORCH-0441");
  return {std::string(id->as_string()), task.run, task.store, task.fence};
}

data::ReadRequest read_request(const catalog::Entry& entry, const data::LoadPlan& plan,
                               std::optional<data::WatermarkRange> range) {
  data::ReadRequest request;
  request.from = entry.source;
  for (const auto& column : plan.request.source.columns) request.columns.push_back(column.name);
  request.expressions = plan.expressions;
  request.where = entry.where;
  request.watermark = std::move(range);
  request.format = plan.format;
  request.parts = plan.request.parts;
  return request;
}

data::MoveControl move_control(const Work& work, const std::string& phase,
                               std::optional<std::int64_t> expected) {
  auto& context = work.context;
  return {[&context] { return context.stop_requested(); },
          [&context, key = work.entry.key, phase, expected](std::int64_t rows, std::int64_t bytes) {
            context.report({key, phase, rows, bytes, expected});
          }};
}

Pulse::Pulse(const Work& work, const std::string& phase)
    : thread_([this, &context = work.context] { beat(context); }) {
  work.context.report({work.entry.key, phase, 0, 0, std::nullopt});
}

Pulse::~Pulse() {
  {
    const std::scoped_lock lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Pulse::beat(workers::TaskContext& context) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::seconds(1), [this] { return end_; }))
    context.heartbeat();
}

}  // namespace orch::steps
