#include "orchestrator/engine/nested.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

/// Executions that wait for one another. The service has no such limit; a machine that starts
/// itself ends here and not when memory does.
constexpr int most_levels = 100;

/// Of the cause of an execution within that of its task. Each level escapes the text once more, so
/// it would double in length.
constexpr std::size_t most_cause_bytes = 8'192;

std::string shortened(std::string cause) {
  if (cause.size() <= most_cause_bytes) return cause;
  auto end = most_cause_bytes;
  while (end > 0 && (static_cast<unsigned char>(cause[end]) & 0xc0U) == 0x80U) --end;
  cause.resize(end);
  return cause + "…";
}

/// As DescribeExecution shows it to the task.
bj::object described(const store::ExecutionRow& row, bool parsed) {
  const auto& made = row.made;
  const auto data = [&](const std::string& text) {
    return parsed ? json::parse(text) : bj::value(text);
  };
  bj::object all;
  if (row.cause) all["Cause"] = shortened(*row.cause);
  if (row.error) all["Error"] = *row.error;
  all["ExecutionArn"] = made.service.arn;
  all["Input"] = data(made.input);
  all["InputDetails"] = {{"Included", true}};
  all["Name"] = made.name;
  if (row.output) {
    all["Output"] = data(*row.output);
    all["OutputDetails"] = {{"Included", true}};
  }
  all["StartDate"] = made.started_at.time_since_epoch().count();
  all["StateMachineArn"] = made.service.machine_arn;
  all["Status"] = to_string(row.status);
  if (row.ended_at) all["StopDate"] = row.ended_at->time_since_epoch().count();
  return all;
}

store::StarterLink link_of(const Active& run, const execution::OpenTask& task) {
  return {run.row.id, static_cast<execution::EventId>(task.ticket), task.resource.starts_nested()};
}

}  // namespace

void Nested::decide() {
  for (auto count = waiting_.size(); count > 0 && !runs_.turn.is_full(share::nested); --count) {
    const auto [execution, ticket] = waiting_.front();
    waiting_.pop_front();
    runs_.isolation.within(execution, [&, id = execution, open = ticket] {
      auto* run = runs_.executions.find(id);
      const auto task = run ? run->execution.open_task(open) : std::nullopt;
      if (task) go_on(*run, *task);
    });
  }
}

void Nested::go_on(Active& run, const execution::OpenTask& task) {
  // What a run is told while it is decided elsewhere is not committed in this turn, and what it
  // has started would be.
  if (run.decision) return held_[run.row.id].push_back(task.ticket);
  runs_.executions.touch(run);  // should the store fail now, the task is queued again
  const store::UnderDecision::Mark mark(runs_.store.under_decision(), run.row.id);
  if (!task.submitted) return begin(run, task);
  if (task.resource.starts_nested()) finish(run, task);
}

void Nested::begin(Active& run, const execution::OpenTask& task) {
  fault::point("engine.nested");
  auto& decisions = runs_.decisions;
  json::Payload told;
  try {
    told = json::Payload::of_value(start(run, task));
  } catch (const workers::TaskFailed& failure) {
    return decisions.stimulate(
        run, execution::TaskBroken{task.ticket, {failure.error(), failure.cause()}});
  }
  if (task.resource.completion == asl::Completion::response)
    return decisions.stimulate(run, execution::TaskDone{task.ticket, std::move(told)});
  decisions.stimulate(run, execution::TaskSubmitted{task.ticket, std::move(told)});
}

// What is wrong with the definition is the task's failure, as long as nothing is written.
bj::value Nested::start(const Active& run, const execution::OpenTask& task) {
  if (task.resource.starts_nested()) check_depth(run);
  const auto before = runs_.turn.writes();
  try {
    return starts_->start(task.parameters.value(), [&](const Submission& submission) {
      const auto link = link_of(run, task);
      return submission.pipeline ? fires_.start_for(link, submission)
                                 : submissions_.start_for(link, submission);
    });
  } catch (const Error& error) {
    if (may_pass(error) || runs_.turn.writes() != before) throw;
    throw workers::TaskFailed("States.TaskFailed", error.what(), error.hint(), error.code());
  }
}

// The executions around a run are in memory, unless one of them is set aside.
void Nested::check_depth(const Active& run) const {
  int levels = 1;
  for (auto elder = elder_of(run.row); elder; ++levels) {
    const auto* active = runs_.executions.known(*elder);
    elder = elder_of(active ? active->row : runs_.store.find_unchecked(*elder));
  }
  if (levels < most_levels) return;
  throw workers::TaskFailed(
      "States.Runtime",
      fmt::format("{} executions wait for one another already, the last of them {} of \"{}\"",
                  levels, run.row.made.name, run.row.made.workflow),
      "a state machine that starts itself has to do so without \".sync\": nothing then waits for "
      "the "
      "executions after it");
}

// The task ends as the run did. One that is still under way queues the task at its end.
void Nested::finish(Active& run, const execution::OpenTask& task) {
  auto& decisions = runs_.decisions;
  const auto nested = started_by(run, task);
  if (!nested)
    return decisions.stimulate(
        run,
        execution::TaskBroken{task.ticket, {"States.TaskFailed", "the nested execution is gone"}});
  if (nested->status == execution::Status::running) {
    if (nested->made.starter != link_of(run, task))
      joined_[nested->id].emplace(run.row.id, task.ticket);
    return;
  }
  auto shown = described(*nested, task.resource.parsed_output);
  if (nested->status == execution::Status::succeeded)
    return decisions.stimulate(
        run, execution::TaskDone{task.ticket, json::Payload::of_value(std::move(shown))});
  decisions.stimulate(
      run, execution::TaskBroken{task.ticket, {"States.TaskFailed", json::write(shown)}});
}

// A name that a running execution has already is answered with that execution: it has another
// starter, and is found by what the task asks for.
std::optional<store::ExecutionRow> Nested::started_by(const Active& run,
                                                      const execution::OpenTask& task) {
  auto found = runs_.store.find_started(run.row.id, static_cast<execution::EventId>(task.ticket));
  if (found || !starts_) return found;
  try {
    starts_->start(task.parameters.value(), [&](const Submission& submission) {
      found = runs_.store.find_name(submission.workflow, submission.name);
      return Submitted{};
    });
  } catch (const workers::TaskFailed&) {
    return std::nullopt;  // the state machine is gone
  }
  return found;
}

bool Nested::is_started_here(const execution::OpenTask& task) const {
  return starts_ && task.resource.starts_execution() && !registry_.is_bound(task.resource.text);
}

bool Nested::take_on(Active& run, const execution::OpenTask& task) {
  if (task.submitted ? !task.resource.starts_nested() : !is_started_here(task)) return false;
  queue(run.row.id, task.ticket);
  return true;
}

void Nested::follow(Active& run, const execution::Event& event) {
  if (event.type != execution::EventType::task_submitted) return;
  const auto task = run.execution.open_task(event.thread);
  if (task && task->resource.starts_nested()) queue(run.row.id, task->ticket);
}

void Nested::moved(Active& run) {
  if (run.decision || held_.empty()) return;
  const auto held = held_.extract(run.row.id);
  if (!held) return;
  for (const auto ticket : held.mapped()) queue(run.row.id, ticket);
}

void Nested::added(const Active& run) {
  const auto& link = run.row.made.starter;
  if (link && link->waits)
    started_.emplace(link->execution, std::pair(execution::Ticket{link->ticket}, run.row.id));
}

void Nested::ended(Active& run) {
  leave_closed(run.row.id, nullptr);
  const auto& link = run.row.made.starter;
  if (link && link->waits) queue(link->execution, execution::Ticket{link->ticket});
  if (const auto joined = joined_.extract(run.row.id))
    for (const auto& [execution, ticket] : joined.mapped()) queue(execution, ticket);
}

void Nested::dropped(const Active& run, const std::exception_ptr&) {
  held_.erase(run.row.id);
  const auto& link = run.row.made.starter;
  if (!link) return;
  const auto [begin, end] = started_.equal_range(link->execution);
  for (auto entry = begin; entry != end; ++entry) {
    if (entry->second.second != run.row.id) continue;
    started_.erase(entry);
    return;
  }
}

// Runs whose task was closed before they could be told.
void Nested::recovered(const std::set<store::ExecutionId>& running) {
  for (const auto& [starter, started] : started_) {
    const auto [ticket, run] = started;
    const auto* active = runs_.executions.known(starter);
    if (!active && running.contains(starter)) continue;
    if (active && active->execution.is_open(ticket)) continue;
    orphans_.add(run);
  }
}

// Runs whose task is closed: of `starter`, whose open tasks `open` knows; null: none is open.
void Nested::leave_closed(store::ExecutionId starter, const execution::Execution* open) {
  const auto [begin, end] = started_.equal_range(starter);
  for (auto entry = begin; entry != end; ++entry) {
    const auto [ticket, run] = entry->second;
    if (!open || !open->is_open(ticket)) orphans_.add(run);
  }
}

}  // namespace orch::engine
