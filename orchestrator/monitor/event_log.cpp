#include "orchestrator/monitor/event_log.h"

#include "orchestrator/base/log.h"
#include "orchestrator/view/projection.h"

namespace orch::monitor {
namespace {

using execution::EventType;
using execution::TaskStage;
using log::Level;

std::int64_t milliseconds(Millis time) { return time.count(); }

}  // namespace

void EventLog::happened(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  const auto level = run.child ? Level::debug : Level::info;
  if (is_execution_end(event.type)) return run_ended(happening);
  if (event.type == EventType::execution_started) return run_started(happening);
  if (event.type == EventType::execution_redriven)
    return log::write(level,
                      {{"event", "run_resumed"},
                       {"run", run.id},
                       {"name", run.name},
                       {"workflow", run.workflow},
                       {"resumes", event.number}},
                      "run resumed");
  if (is_state_entered(event.type) || is_state_exited(event.type))
    return log::write(Level::debug,
                      {{"event", is_state_entered(event.type) ? "state_entered" : "state_exited"},
                       {"run", run.id},
                       {"workflow", run.workflow},
                       {"state", event.name}},
                      to_string(event.type));
  task_happened(happening);
}

// With what has fired it.
void EventLog::run_started(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  const auto link = row.made.pipeline.value_or(store::PipelineLink{});
  log::write(run.child ? Level::debug : Level::info,
             {{"event", "run_started"},
              {"run", run.id},
              {"name", run.name},
              {"workflow", run.workflow},
              {"pipeline", link.pipeline},
              {"trigger", link.trigger},
              {"fire_time", row.made.pipeline ? to_iso(link.fire_time) : ""}},
             row.made.pipeline ? "trigger fired" : "run started");
}

void EventLog::run_ended(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  const auto took = milliseconds(event.at - run.started);
  if (event.type == EventType::execution_succeeded)
    return log::write(run.child ? Level::debug : Level::info,
                      {{"event", "run_succeeded"},
                       {"run", run.id},
                       {"name", run.name},
                       {"workflow", run.workflow},
                       {"milliseconds", took}},
                      "run succeeded");
  const auto failure = view::failure_of(event.error, event.cause);
  const bool stopped = event.type == EventType::execution_aborted;
  const bool timed_out = event.type == EventType::execution_timed_out;
  const auto* word = stopped ? "run_stopped" : timed_out ? "run_timed_out" : "run_failed";
  const auto level = run.child || stopped ? Level::warn : Level::error;
  log::write(level,
             {{"event", word},
              {"run", run.id},
              {"name", run.name},
              {"workflow", run.workflow},
              {"error", failure.error},
              {"code", failure.code},
              {"key", failure.key},
              {"connection", failure.connection},
              {"milliseconds", took}},
             failure.message.empty() ? word : failure.message);
}

void EventLog::task_happened(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  const std::string_view name = state ? state->name : event.name;
  const auto attempt = state && state->task ? state->task->attempt + 1 : 0;
  switch (task_stage(event.type)) {
    case TaskStage::failed:
    case TaskStage::timed_out: {
      const auto failure = view::failure_of(event.error, event.cause);
      return log::write(Level::warn,
                        {{"event", "task_failed"},
                         {"run", run.id},
                         {"workflow", run.workflow},
                         {"state", name},
                         {"attempt", attempt},
                         {"error", failure.error},
                         {"code", failure.code},
                         {"key", failure.key},
                         {"connection", failure.connection}},
                        failure.message.empty() ? to_string(event.type) : failure.message);
    }
    case TaskStage::scheduled:
    case TaskStage::started:
    case TaskStage::succeeded:
      return log::write(Level::debug,
                        {{"event", to_string(event.type)},
                         {"run", run.id},
                         {"workflow", run.workflow},
                         {"state", name},
                         {"attempt", attempt}},
                        to_string(event.type));
    default:
      break;
  }
  if (event.type == EventType::retry_scheduled && event.due)
    log::write(Level::info,
               {{"event", "task_retry"},
                {"run", run.id},
                {"workflow", run.workflow},
                {"state", name},
                {"due", to_iso(*event.due)}},
               "the task will be repeated");
}

}  // namespace orch::monitor
