#include "orchestrator/execution/trial.h"

#include <algorithm>
#include <utility>

#include "orchestrator/execution/decider.h"

namespace orch::execution {
namespace {

/// What the events say; the last word counts. `failure` is what the state failed with, when it did.
void read(const std::vector<Event>& events, const asl::Failure* failure, TrialOutcome& outcome) {
  for (const auto& event : events) {
    if (is_state_exited(event.type)) {
      outcome.status = failure ? TrialStatus::caught_error : TrialStatus::succeeded;
      outcome.output = event.payload;
      outcome.next_state = event.next;
    } else if (event.type == EventType::retry_scheduled) {
      outcome.status = TrialStatus::retriable;
    } else if (event.type == EventType::execution_failed) {
      outcome.status = TrialStatus::failed;
      outcome.error = event.error;
      outcome.cause = event.cause;
    }
  }
  if (!failure || outcome.status == TrialStatus::failed) return;
  outcome.error = failure->error;
  outcome.cause = failure->cause;
}

bool assigns(const std::vector<Event>& events) {
  return std::any_of(events.begin(), events.end(),
                     [](const Event& event) { return !event.assigned.empty(); });
}

json::Payload variables_of(const ThreadState& thread) {
  boost::json::object all;
  for (const auto& [name, value] : thread.variables) all[name] = value.value();
  return json::Payload::of_value(std::move(all));
}

}  // namespace

Trial::Trial(std::shared_ptr<const asl::Workflow> workflow, Identity identity, TrialSetup setup)
    : setup_(std::move(setup)),
      live_(std::make_unique<Live>(std::move(workflow), std::move(identity))) {
  Event started;
  started.type = EventType::execution_started;
  started.id = 1;
  started.at = setup_.at;
  live_->evolve(started);
  if (setup_.context)
    live_->given_context = std::make_shared<const boost::json::value>(setup_.context->value());
  live_->shown_state = setup_.shown_state;
  auto& root = live_->root;
  root.next = setup_.state;
  root.payload = setup_.input;
  root.variables = setup_.variables;
  const auto retriers = live_->workflow->by_name.at(setup_.state)->retry.size();
  root.retries.assign(retriers, setup_.retries);
  act([](Decider& decider, ThreadState& thread) { decider.enter_alone(thread); });
}

Trial::~Trial() = default;

const asl::State& Trial::state() const { return *live_->workflow->by_name.at(setup_.state); }

std::optional<OpenTask> Trial::open_task() const {
  const auto& root = live_->root;
  if (outcome_.status != TrialStatus::open || root.phase != Phase::task || root.join)
    return std::nullopt;
  return open_task_of(root);
}

void Trial::give(const json::Payload& result) {
  act([&](Decider& decider, ThreadState& thread) { decider.give_alone(thread, result); });
}

void Trial::fail(const asl::Failure& failure) {
  act([&](Decider& decider, ThreadState& thread) { decider.fail_alone(thread, failure); });
}

void Decider::note(const char* name, const json::Payload& data) {
  if (inspection_) inspection_->data.insert_or_assign(name, data);
}

// Waiting is left out: what follows from the input does not depend on it.
void Decider::enter_alone(ThreadState& thread) {
  thread.state = live_.workflow->by_name.at(thread.next);
  thread.input = thread.payload;
  try {
    effective_input(thread);  // noted also for states that make no use of it
  } catch (const asl::EvaluationError&) {
    // The state fails with it below.
  }
  enter(thread);
  const bool waits = thread.state && std::holds_alternative<asl::Wait>(thread.state->body);
  if (waits && thread.phase == Phase::waiting) pass_through(thread, thread.state->next);
  const auto* map = thread.state ? std::get_if<asl::Map>(&thread.state->body) : nullptr;
  if (map && map->item_selector && thread.join && !failure_) note_selected(thread);
}

void Decider::note_selected(ThreadState& thread) {
  boost::json::array selected;
  try {
    for (std::int64_t index = 0; index < thread.join->length; ++index) {
      ThreadState item;
      item.id = {thread.entered, index};
      item.parent = &thread;
      selected.push_back(item_input(thread, item).value());
    }
    note("afterItemSelector", json::Payload::of_value(std::move(selected)));
  } catch (const asl::EvaluationError& error) {
    fail_evaluation(thread, error);
  }
}

void Decider::give_alone(ThreadState& thread, const json::Payload& result) {
  finish(thread, result);
}

void Decider::fail_alone(ThreadState& thread, const asl::Failure& failure) {
  fail(thread, {failure, Origin::task}, thread.last);
}

// Every step has a decider of its own, as in an execution.
template <class Act>
void Trial::act(Act act) {
  if (outcome_.status != TrialStatus::open) return;
  Decider decider(*live_, {setup_.at, setup_.seed});
  decider.inspect(&inspection_);
  act(decider, live_->root);
  const auto failure = decider.failure_alone();
  read(decider.events(), failure ? &*failure : nullptr, outcome_);
  if (assigns(decider.events()))
    inspection_.data.insert_or_assign("variables", variables_of(live_->root));
}

}  // namespace orch::execution
