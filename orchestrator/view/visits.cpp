#include "orchestrator/view/visits.h"

#include <utility>

namespace orch::view {
namespace {

using execution::Event;
using execution::EventType;
using execution::TaskStage;

std::string type_in(EventType entered) {
  const auto name = execution::to_string(entered);
  return std::string(name.substr(0, name.find("StateEntered")));
}

void end(Visit& visit, Instant at, Outcome outcome) {
  visit.left = at;
  visit.outcome = outcome;
}

void fail(Visit& visit, const Event& event) {
  visit.outcome = Outcome::failed;
  if (event.error || event.cause) visit.failure = failure_of(event.error, event.cause);
}

void end_attempt(Visit& visit, const Event& event, Outcome outcome) {
  if (visit.attempts.empty()) return;
  auto& attempt = visit.attempts.back();
  attempt.ended = event.at;
  attempt.outcome = outcome;
  if (outcome == Outcome::failed) attempt.failure = failure_of(event.error, event.cause);
}

void change_task(Visit& visit, const Event& event, TaskStage stage) {
  switch (stage) {
    case TaskStage::scheduled:
      visit.outcome = Outcome::running;
      visit.attempts.emplace_back();
      visit.attempts.back().ticket = execution::Ticket{event.id};
      visit.attempts.back().scheduled = event.at;
      return;
    case TaskStage::started:
      if (!visit.attempts.empty()) visit.attempts.back().started = event.at;
      return;
    case TaskStage::succeeded:
      return end_attempt(visit, event, Outcome::succeeded);
    case TaskStage::failed:
    case TaskStage::timed_out:
      end_attempt(visit, event, Outcome::failed);
      return fail(visit, event);
    default:
      return;
  }
}

}  // namespace

void Visits::add(const Event& event) {
  if (execution::is_state_entered(event.type)) return enter(event);
  if (execution::is_execution_end(event.type)) return end_all(event);
  if (event.type == EventType::execution_redriven) return resume(event);
  const auto found = at_.find(event.thread);
  if (found != at_.end()) change(visits_[found->second], event);
}

void Visits::enter(const Event& event) {
  at_[event.thread] = visits_.size();
  auto& visit = visits_.emplace_back();
  visit.event = event.id;
  visit.state = event.name;
  visit.type = type_in(event.type);
  if (event.thread.entered != 0) visit.in = event.thread.entered;
  visit.index = event.thread.index;
  visit.entered = event.at;
  if (event.type == EventType::fail_state_entered) visit.outcome = Outcome::failed;
  if (payloads_ && event.payload) visit.input = event.payload->text();
}

void Visits::change(Visit& visit, const Event& event) {
  if (const auto stage = execution::task_stage(event.type); stage != TaskStage::none)
    return change_task(visit, event, stage);
  if (execution::is_state_exited(event.type)) {
    // A failure that a Catch took leaves the state as well.
    end(visit, event.at, visit.outcome == Outcome::failed ? Outcome::caught : Outcome::succeeded);
    if (payloads_ && event.payload) visit.output = event.payload->text();
    at_.erase(event.thread);
    return;
  }
  if (execution::is_state_aborted(event.type)) return end(visit, event.at, Outcome::aborted);
  if (event.type == EventType::retry_scheduled)
    visit.outcome = Outcome::retrying;
  else if (event.error || event.cause)
    fail(visit, event);
}

void Visits::end_all(const Event& event) {
  for (const auto& [thread, index] : at_) {
    auto& visit = visits_[index];
    if (visit.left) continue;
    end(visit, event.at, visit.outcome == Outcome::failed ? Outcome::failed : Outcome::aborted);
    if (!visit.attempts.empty() && !visit.attempts.back().ended)
      end_attempt(visit, event, Outcome::aborted);
  }
}

// Goes on with what failed, or from a chosen state, which leaves behind what was open.
void Visits::resume(const Event& event) {
  if (event.next) {
    end_all(event);
    return at_.clear();
  }
  for (const auto& [thread, index] : at_) {
    visits_[index].left.reset();
    visits_[index].outcome = Outcome::running;
  }
}

}  // namespace orch::view
