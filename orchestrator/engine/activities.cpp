#include "orchestrator/engine/activities.h"

#include <algorithm>
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

constexpr Millis submission_patience{5'000};

}  // namespace

std::optional<ActivityTask> Activities::take_task(const std::string& activity,
                                                  const std::string& worker) {
  return commands_.ask<std::optional<ActivityTask>>([&] { return take(activity, worker); }).get();
}

void Activities::give_back(const std::string& token) {
  commands_.tell([&] { put_back(token); });
}

// Tasks that have been closed meanwhile are passed over.
std::optional<ActivityTask> Activities::take(const std::string& activity,
                                             const std::string& worker) {
  auto& waiting = queues_[activity];
  while (!waiting.empty()) {
    const auto [execution, ticket, given_back] = waiting.front();
    waiting.pop_front();
    auto* run = runs_.executions.find(execution);
    const auto task = run ? run->execution.open_task(ticket) : std::nullopt;
    if (!task || task->begun != given_back) continue;
    if (given_back)
      watch_from(*run, *task, runs_.turn.clock().steady());
    else
      runs_.decisions.stimulate(*run, execution::TaskBegun{ticket, worker});
    return ActivityTask{task->token, task->parameters.text()};
  }
  return std::nullopt;
}

void Activities::put_back(const std::string& token) {
  const auto [run_id, ticket] = parse_task_token(token);
  auto* run = runs_.executions.take_up(runs_.store.find(run_id));
  const auto task = run ? run->execution.open_task(ticket) : std::nullopt;
  if (!task || !same_secret(task->token, token) || !task->begun) return;
  queues_[task->resource.text].push_front({run->row.id, ticket, true});
  if (observer_) observer_->on_activity_task(task->resource.text);
}

std::shared_ptr<Completion> Activities::report(const std::string& token,
                                               const TokenReport& report) {
  auto made = std::make_shared<Report>(Report{token, report, steady_now() + submission_patience});
  post(made);
  return made->answer;
}

void Activities::post(const std::shared_ptr<Report>& report) {
  commands_.post({[this, report] { report->waits = !consider(*report); },
                  [this, report] {
                    if (report->waits)
                      waiting_[report->run].push_back(report);
                    else
                      report->answer->complete();
                  },
                  [report](const std::exception_ptr& why) { report->answer->complete(why); }});
}

// False: it has to wait until its run has moved.
bool Activities::consider(Report& report) {
  const auto [run_id, ticket] = parse_task_token(report.token);
  Active* run = nullptr;
  try {
    run = runs_.executions.take_up(runs_.store.find(run_id));
  } catch (const Error& error) {
    if (error.code() != "ORCH-0203") throw;
    refuse_token();
  }
  if (report.decision && report.decision->adopted) return true;
  const auto task = run ? run->execution.open_task(ticket) : std::nullopt;
  if (!task)
    throw Error("ORCH-0214", "the task is no longer open",
                "it has been completed, has timed out, or its execution has ended");
  if (!same_secret(task->token, report.token)) refuse_token();
  report.run = run->row.id;
  if (report.report.kind == TokenReport::Kind::heartbeat) {
    signs_[report.run].insert_or_assign(ticket, runs_.turn.clock().steady());
    return true;
  }
  report.awaits_submission = is_about_to_be_submitted(report, *task);
  if (report.awaits_submission || run->decision) return false;
  decide_report(*run, ticket, report.report);
  report.decision = run->decision;
  return !run->decision;  // not durable yet: the caller hears of it when it is
}

bool Activities::is_about_to_be_submitted(const Report& report,
                                          const execution::OpenTask& task) const {
  return task.resource.completion == asl::Completion::token && !task.submitted &&
         tasks_.is_with_worker(report.run, task.ticket) &&
         steady_now() < report.submission_awaited_until;
}

void Activities::decide_report(Active& run, execution::Ticket ticket, const TokenReport& report) {
  if (report.kind == TokenReport::Kind::success) {
    json::parse(report.output);
    runs_.decisions.stimulate(run,
                              execution::TaskDone{ticket, json::Payload::of_text(report.output)});
  } else {
    runs_.decisions.stimulate(
        run, execution::TaskBroken{ticket,
                                   {report.error.value_or(""), report.cause.value_or("")},
                                   report.error.has_value(),
                                   report.cause.has_value()});
  }
  if (const auto signs = signs_.find(run.row.id); signs != signs_.end())
    signs->second.erase(ticket);
}

// The reports that wait for the run are considered again.
void Activities::release(store::ExecutionId run) {
  const auto found = waiting_.extract(run);
  if (!found) return;
  for (const auto& report : found.mapped()) {
    try {
      post(report);
    } catch (const std::exception&) {
      report->answer->complete(std::current_exception());  // the engine has stopped
    }
  }
}

// Those that have waited long enough for a submission are considered without it.
void Activities::decide() {
  while (const auto timer = heartbeats_.take(runs_.turn.clock().steady()))
    runs_.isolation.within(timer->execution, [&] { watch(*timer); });
  const auto now = steady_now();
  std::vector<store::ExecutionId> due;
  for (const auto& [run, reports] : waiting_)
    if (std::any_of(reports.begin(), reports.end(), [&](const auto& report) {
          return report->awaits_submission && report->submission_awaited_until <= now;
        }))
      due.push_back(run);
  for (const auto run : due) release(run);
}

Millis Activities::patience() const {
  auto wait = heartbeats_.patience();
  if (!waiting_.empty()) wait = std::min(wait, submission_patience / 5);
  return wait;
}

void Activities::closed(const std::exception_ptr& reason) {
  for (const auto& [run, reports] : std::exchange(waiting_, {}))
    for (const auto& report : reports) report->answer->complete(reason);
}

// A look at a task's latest sign of life; the next look is when it would be overdue.
void Activities::watch(const Timer& timer) {
  auto* run = runs_.executions.find(timer.execution);
  const auto signs = signs_.find(timer.execution);
  if (!run || signs == signs_.end()) return;
  const execution::Ticket ticket{timer.id};
  const auto sign = signs->second.find(ticket);
  const auto task = run->execution.open_task(ticket);
  if (sign == signs->second.end() || !task || !task->heartbeat_seconds) return;
  const auto due = sign->second + std::chrono::seconds(*task->heartbeat_seconds);
  if (due > runs_.turn.clock().steady()) return heartbeats_.add({due, timer.execution, timer.id});
  runs_.decisions.stimulate(*run, execution::HeartbeatMissed{ticket});
}

// An open task that no worker of this process does.
bool Activities::take_on(Active& run, const execution::OpenTask& task) {
  const bool activity = task.resource.kind == asl::TaskKind::activity;
  if (!activity && !(task.submitted && task.resource.needs_token())) return false;
  if (!activity || task.begun) {
    watch_from(run, task, runs_.turn.clock().steady());
    return true;
  }
  queues_[task.resource.text].push_back({run.row.id, task.ticket, false});
  if (observer_) observer_->on_activity_task(task.resource.text);
  return true;
}

// A worker of an activity has the task, or a service has taken it over: from now on signs of life
// are due.
void Activities::follow(Active& run, const execution::Event& event) {
  if (event.type != execution::EventType::activity_started &&
      event.type != execution::EventType::task_submitted)
    return;
  const auto task = run.execution.open_task(event.thread);
  if (task && task->resource.needs_token())
    watch_from(run, *task, runs_.turn.clock().due(event.at));
}

void Activities::watch_from(Active& run, const execution::OpenTask& task, Instant sign) {
  if (!task.heartbeat_seconds) return;
  signs_[run.row.id].insert_or_assign(task.ticket, sign);
  heartbeats_.add({sign + std::chrono::seconds(*task.heartbeat_seconds), run.row.id,
                   static_cast<execution::EventId>(task.ticket)});
}

void Activities::closed_some(Active& run) {
  const auto signs = signs_.find(run.row.id);
  if (signs == signs_.end()) return;
  std::erase_if(signs->second,
                [&](const auto& entry) { return !run.execution.is_open(entry.first); });
}

void Activities::dropped(const Active& run, const std::exception_ptr&) {
  signs_.erase(run.row.id);
  release(run.row.id);
}

}  // namespace orch::engine
