// A decision that takes longer than a turn may is undone and made again on a thread of its own,
// from a copy of the run. What comes for the run meanwhile waits; the events are taken over in a
// later turn. Nothing of it is durable before: a crash is one before the stimulus.
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/engine/core.h"

namespace orch::engine {
namespace {

/// The outside task that the stimulus closes, if it closes one.
std::optional<execution::Ticket> reported_by(const execution::Stimulus& stimulus) {
  if (const auto* done = std::get_if<execution::TaskDone>(&stimulus.what)) return done->ticket;
  if (const auto* broken = std::get_if<execution::TaskBroken>(&stimulus.what))
    return broken->ticket;
  return std::nullopt;
}

/// A document of which no other thread has a copy: payloads are parsed and written when they are
/// first asked for.
void own(json::Payload& payload) { payload = json::Payload::of_text(payload.text()); }

void own_payloads(execution::Stimulus& stimulus) {
  if (auto* done = std::get_if<execution::TaskDone>(&stimulus.what)) own(done->output);
  if (auto* taken = std::get_if<execution::TaskSubmitted>(&stimulus.what)) own(taken->output);
}

}  // namespace

// As the run was before the decision: what is committed and what this turn has decided.
execution::Execution Engine::Core::copy_of(const Active& active) {
  auto copy = fold(active.row, workflow(active.row.made.definition_hash));
  for (auto event : active.events) {
    if (event.payload) own(*event.payload);
    copy.evolve(event);
  }
  return copy;
}

// Returns what can be decided at once: that a run has started.
std::vector<execution::Event> Engine::Core::put_off(Active& active, execution::Stimulus stimulus) {
  active.execution = copy_of(active);
  if (std::holds_alternative<execution::Start>(stimulus.what)) return started(active, stimulus);
  own_payloads(stimulus);
  auto decision = std::make_shared<LongDecision>(copy_of(active), std::move(stimulus));
  active.decision = decision;
  decisions_->add(decision, [this, run = active.row.id, decision] {
    try {
      post(Command{[this, run, decision] { adopt(run, decision); },
                   [this, run, decision] { adopted(run, decision); },
                   [](const std::exception_ptr&) {}});
    } catch (const Error&) {
      // The engine has stopped: the next owner decides it again.
    }
  });
  return {};
}

// The first event of a run; the rest is left for a Continue. A run that is broken off at its start
// begins with the same event.
std::vector<execution::Event> Engine::Core::started(Active& active,
                                                    const execution::Stimulus& stimulus) {
  auto events = copy_of(active).decide({stimulus.at, stimulus.seed, execution::Break{}});
  events.resize(1);
  active.execution.evolve(events.front());
  return events;
}

void Engine::Core::adopt(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision) {
  within(run, [&] {
    auto* active = find(run);
    if (!active || active->decision != decision) return;
    touch(*active);
    if (!decision->failure.empty())
      return take_events(*active, broken_off(*active, decision->failure));
    for (const auto& event : decision->events) active->execution.evolve(event);
    take_events(*active, decision->events);
  });
}

// The events are committed.
void Engine::Core::adopted(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision) {
  const auto found = active_.find(run);
  if (found == active_.end() || found->second->decision != decision) return;
  auto& active = *found->second;
  if (const auto ticket = reported_by(decision->stimulus)) active.reported.insert(*ticket);
  active.decision.reset();
  queue_more(active);
}

// What has waited for a decision made elsewhere, and then whatever the run can do by itself.
void Engine::Core::continue_run(Active& active) {
  while (!active.decision && active.deferred_taken < active.deferred.size()) {
    touch(active);
    auto what = active.deferred[active.deferred_taken++];
    stimulate(active, std::move(what));
  }
  if (!active.decision) stimulate(active, execution::Continue{});
}

}  // namespace orch::engine
