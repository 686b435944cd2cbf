#include "orchestrator/monitor/run_metrics.h"

#include <algorithm>
#include <cctype>

#include "orchestrator/base/wall_clock.h"

namespace orch::monitor {
namespace {

using execution::EventType;
using execution::TaskStage;
using telemetry::Registry;
using telemetry::Sample;

double seconds(Millis time) { return std::max(0.0, std::chrono::duration<double>(time).count()); }

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string pipeline_of(const store::ExecutionRow& row) {
  return row.made.pipeline ? row.made.pipeline->pipeline : "";
}

}  // namespace

RunMetrics::RunMetrics(Registry& registry)
    : started_(registry.counter(
          {"orch_runs_started_total", "Runs that have begun.", {"workflow", "pipeline"}})),
      ended_(
          registry.counter({"orch_runs_ended_total",
                            "Runs that have ended, by how: succeeded, failed, timed_out, aborted.",
                            {"workflow", "pipeline", "status"}})),
      resumed_(registry.counter({"orch_runs_resumed_total",
                                 "Resumes of runs that had ended without success.",
                                 {"workflow"}})),
      schedule_lag_(registry.histogram(
          {"orch_schedule_lag_seconds",
           "Time from a fire time of a schedule to the start of its run, without backfills.",
           {"pipeline"}})),
      run_seconds_(registry.histogram({"orch_run_seconds",
                                       "Time from a run's start to its end.",
                                       {"workflow", "pipeline", "status"}},
                                      telemetry::long_second_bounds())),
      scheduled_(registry.counter(
          {"orch_tasks_scheduled_total", "Attempts of tasks that were scheduled.", {"resource"}})),
      tasks_ended_(registry.counter({"orch_tasks_ended_total",
                                     "Attempts of tasks that have ended, by state, how (succeeded, "
                                     "failed, timed_out) and error.",
                                     {"workflow", "state", "status", "error"},
                                     2'000})),
      retries_(registry.counter({"orch_task_retries_total",
                                 "Attempts that failed and will be repeated.",
                                 {"workflow", "state"}})),
      schedule_to_start_(registry.histogram(
          {"orch_task_schedule_to_start_seconds",
           "Time that a task waits for a worker: from its scheduling to its recorded start."})),
      task_seconds_(registry.histogram({"orch_task_seconds",
                                        "Time that an attempt of a task takes, without the wait.",
                                        {"resource", "status"}})),
      rows_(registry.counter({"orch_rows_total",
                              "Rows that workers have reported, by phase: staging, verifying, …",
                              {"workflow", "phase"}})),
      bytes_(registry.counter({"orch_moved_bytes_total",
                               "Bytes that workers have reported, by phase.",
                               {"workflow", "phase"}})),
      missed_(registry.counter({"orch_monitor_missed_total",
                                "Times that events came faster than metrics, log and traces took "
                                "them: some were left out."})) {}

OpenWorkMetrics::OpenWorkMetrics(Registry& registry, const Monitor& monitor) {
  collected_.push_back(registry.collect(
      {"orch_runs",
       "Runs that have not ended: running, waiting (for another run), paused.",
       {"state"}},
      [&monitor] {
        const auto work = monitor.open_work();
        return std::vector<Sample>{{{"running"}, static_cast<double>(work.running)},
                                   {{"waiting"}, static_cast<double>(work.waiting)},
                                   {{"paused"}, static_cast<double>(work.paused)}};
      }));
  collected_.push_back(registry.collect(
      {"orch_tasks_open", "Tasks without a result: queued (not begun) and begun.", {"state"}},
      [&monitor] {
        const auto work = monitor.open_work();
        return std::vector<Sample>{{{"queued"}, static_cast<double>(work.queued_tasks)},
                                   {{"begun"}, static_cast<double>(work.begun_tasks)}};
      }));
  collected_.push_back(registry.collect(
      {"orch_oldest_open_task_seconds",
       "Age of the oldest task without a result; 0: there is none."},
      [&monitor] {
        const auto oldest = monitor.open_work().oldest_task;
        return std::vector<Sample>{{{}, oldest ? seconds(wall_now() - *oldest) : 0.0}};
      }));
}

void RunMetrics::happened(const Happening& happening) {
  run_happened(happening);
  const auto& [run, row, event, state] = happening;
  switch (task_stage(event.type)) {
    case TaskStage::scheduled:
      scheduled_.with({event.resource}).add();
      break;
    case TaskStage::started:
      if (state && state->task)
        schedule_to_start_.with({}).observe(seconds(event.at - state->task->scheduled));
      break;
    case TaskStage::succeeded:
      task_ended(happening, "succeeded");
      break;
    case TaskStage::failed:
      task_ended(happening, "failed");
      break;
    case TaskStage::timed_out:
      task_ended(happening, "timed_out");
      break;
    default:
      if (event.type == EventType::retry_scheduled)
        retries_.with({run.workflow, state ? state->name : event.name}).add();
  }
}

// The iterations of distributed maps are parts of a run: their tasks count, they themselves do not.
void RunMetrics::run_happened(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  if (run.child) return;
  if (event.type == EventType::execution_started) begin(happening);
  if (event.type == EventType::execution_redriven) resumed_.with({run.workflow}).add();
  if (!is_execution_end(event.type)) return;
  const auto status = in_lower_case(to_string(row.status));
  const auto pipeline = pipeline_of(row);
  ended_.with({run.workflow, pipeline, status}).add();
  run_seconds_.with({run.workflow, pipeline, status}).observe(seconds(event.at - run.started));
}

void RunMetrics::begin(const Happening& happening) {
  const auto& link = happening.row.made.pipeline;
  started_.with({happening.run.workflow, pipeline_of(happening.row)}).add();
  // Those of a backfill are late on purpose.
  if (link && link->kind == "schedule" && !link->backfill)
    schedule_lag_.with({link->pipeline}).observe(seconds(happening.event.at - link->fire_time));
}

void RunMetrics::task_ended(const Happening& happening, const char* status) {
  const auto& [run, row, event, state] = happening;
  tasks_ended_
      .with({run.workflow, state ? state->name : event.name, status, event.error.value_or("")})
      .add();
  if (!state || !state->task) return;
  const auto& task = *state->task;
  task_seconds_.with({task.resource, status})
      .observe(seconds(event.at - task.started.value_or(task.scheduled)));
}

void RunMetrics::moved(const WatchedRun& run, const std::string& phase, std::int64_t rows,
                       std::int64_t bytes) {
  rows_.with({run.workflow, phase}).add(static_cast<std::uint64_t>(rows));
  bytes_.with({run.workflow, phase}).add(static_cast<std::uint64_t>(bytes));
}

void RunMetrics::missed() { missed_.with({}).add(); }

}  // namespace orch::monitor
