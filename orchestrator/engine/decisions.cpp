#include "orchestrator/engine/decisions.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/time_slice.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {
namespace {

/// A document of which no other thread has a copy: payloads are parsed and written when they are
/// first asked for.
void own(json::Payload& payload) { payload = json::Payload::of_text(payload.text()); }

void own_payloads(execution::Stimulus& stimulus) {
  if (auto* done = std::get_if<execution::TaskDone>(&stimulus.what)) own(done->output);
  if (auto* taken = std::get_if<execution::TaskSubmitted>(&stimulus.what)) own(taken->output);
}

}  // namespace

void Decisions::decide() {
  for (auto count = executions_.with_more(); count > 0 && !turn_.is_full(share::more); --count) {
    isolation_.within(executions_.next_with_more(), [&] {
      if (auto* run = executions_.take_next_with_more()) continue_run(*run);
    });
  }
}

void Decisions::stimulate(Active& run, Active::What what) {
  // While a decision is made elsewhere everything but the end of the run waits for it.
  if (run.decision && std::holds_alternative<execution::Stop>(what)) run.drop_decision();
  if (run.decision) {
    run.deferred.push_back(std::move(what));
    return;
  }
  auto events = decided(run, std::move(what));
  if (run.execution.has_more()) executions_.queue_more(run);
  take_events(run, std::move(events));
}

void Decisions::take_events(Active& run, std::vector<execution::Event> events) {
  if (events.empty()) return;
  executions_.touch(run);
  turn_.count(events);
  if (run.events.empty())
    run.events = std::move(events);
  else
    std::move(events.begin(), events.end(), std::back_inserter(run.events));
}

std::vector<execution::Event> Decisions::decided(Active& run, Active::What what) {
  const store::UnderDecision::Mark mark(store_.under_decision(), run.row.id);
  try {
    fault::point("engine.decide");
    auto stimulus = turn_.stimulus(std::move(what));
    stimulus.missing_activities = workflows_.missing_activities(run.row, turn_.now());
    try {
      // Nor do two suspects decide at a time here and elsewhere.
      if (is_suspect(run.row.id) && threads_.is_trying()) throw SliceOver();
      const TimeSlice slice(longest_decision);
      return run.execution.decide(stimulus);
    } catch (const SliceOver&) {
      executions_.touch(run);
      return put_off(run, std::move(stimulus));
    }
  } catch (...) {
    executions_.touch(run);  // its memory is of no use now, whatever is to blame
    return isolation_.broken_off(run, own_fault());
  }
}

// What has waited for a decision made elsewhere, and then whatever the run can do by itself.
void Decisions::continue_run(Active& run) {
  while (!run.decision && run.deferred_taken < run.deferred.size()) {
    executions_.touch(run);
    auto what = run.deferred[run.deferred_taken++];
    stimulate(run, std::move(what));
  }
  if (!run.decision) stimulate(run, execution::Continue{});
}

execution::Execution Decisions::copy_of(const Active& run) {
  auto copy = workflows_.fold(run.row);
  for (auto event : run.events) {
    if (event.payload) own(*event.payload);
    copy.evolve(event);
  }
  return copy;
}

// Returns what can be decided at once: that a run has started.
std::vector<execution::Event> Decisions::put_off(Active& run, execution::Stimulus stimulus) {
  run.execution = copy_of(run);
  if (std::holds_alternative<execution::Start>(stimulus.what)) return started(run, stimulus);
  own_payloads(stimulus);
  auto decision = std::make_shared<LongDecision>(run.row.id, copy_of(run), std::move(stimulus));
  run.decision = decision;
  threads_.add(decision, [this, id = run.row.id, decision] {
    try {
      commands_.post({[this, id, decision] { adopt(id, decision); },
                      [this, id, decision] { adopted(id, decision); },
                      [this, id](const std::exception_ptr&) { threads_.tried(id, false); }});
    } catch (const std::exception&) {
      // The engine has stopped: the next owner decides it again.
    }
  });
  return {};
}

// The first event of a run; the rest is left for a Continue. A run that is broken off at its start
// begins with the same event.
std::vector<execution::Event> Decisions::started(Active& run, const execution::Stimulus& stimulus) {
  auto events = copy_of(run).decide({stimulus.at, stimulus.seed, execution::Break{}});
  events.resize(1);
  run.execution.evolve(events.front());
  return events;
}

void Decisions::adopt(store::ExecutionId id, const std::shared_ptr<LongDecision>& decision) {
  isolation_.within(id, [&] {
    auto* run = executions_.find(id);
    if (!run || run->decision != decision) return;
    executions_.touch(*run);
    if (is_suspect(id)) absolve(id);
    if (!decision->failure.empty())
      return take_events(*run, isolation_.broken_off(*run, decision->failure));
    for (const auto& event : decision->events) run->execution.evolve(event);
    take_events(*run, decision->events);
  });
}

// The events are committed.
void Decisions::adopted(store::ExecutionId id, const std::shared_ptr<LongDecision>& decision) {
  auto* run = executions_.known(id);
  const bool kept = run && run->decision == decision;
  if (is_suspect(id)) {
    threads_.tried(id, kept);
    if (kept) std::erase_if(suspects_, [id](const auto& each) { return each.run == id; });
  }
  if (!kept) return;
  decision->adopted = true;
  run->decision.reset();
  executions_.queue_more(*run);
}

void Decisions::suspect(std::vector<store::Suspect> suspects) {
  std::set<store::ExecutionId> runs;
  for (const auto& each : suspects) runs.insert(each.run);
  threads_.suspect(std::move(runs));
  suspects_ = std::move(suspects);
}

bool Decisions::is_suspect(store::ExecutionId run) const {
  return std::ranges::find(suspects_, run, &store::Suspect::run) != suspects_.end();
}

// Its long decision did no harm. Another suspect is tried once this is committed: should the
// process die then, this one was not the cause.
void Decisions::absolve(store::ExecutionId run) {
  auto others = suspects_;
  std::erase_if(others, [run](const auto& each) { return each.run == run; });
  turn_.transaction().set_suspects(others);
}

}  // namespace orch::engine
