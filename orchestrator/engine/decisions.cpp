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

constexpr std::size_t most_noted = 1'000;

void set_payloads_apart(execution::Stimulus& stimulus) {
  if (auto* done = std::get_if<execution::TaskDone>(&stimulus.what))
    done->output = done->output.apart();
  if (auto* taken = std::get_if<execution::TaskSubmitted>(&stimulus.what))
    taken->output = taken->output.apart();
}

/// Whether something is evaluated for it.
bool may_take_long(const Active::What& what) {
  return !std::holds_alternative<execution::TaskBegun>(what) &&
         !std::holds_alternative<execution::TaskSubmitted>(what) &&
         !std::holds_alternative<execution::Stop>(what) &&
         !std::holds_alternative<execution::Break>(what);
}

}  // namespace

// At least one continues: what arrives all the time must not keep them back.
void Decisions::decide() {
  const auto began = steady_now();
  for (bool some = false; executions_.with_more() > 0; some = true) {
    const auto most = turn_.is_awaited() ? share::more_when_awaited : share::more;
    if (some && (turn_.is_full(Millis::max()) || steady_now() - began >= most)) return;
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
    if (std::holds_alternative<execution::Start>(stimulus.what))
      run.takes_long = long_definitions_.contains(run.row.made.definition_hash);
    // Nor do two suspects decide at a time here and elsewhere.
    const bool suspected = is_suspect(run.row.id) && threads_.is_trying();
    if ((run.takes_long || suspected) && may_take_long(stimulus.what))
      return put_off(run, std::move(stimulus));
    try {
      const TimeSlice slice(longest_decision);
      return run.execution.decide(stimulus);
    } catch (const SliceOver&) {
      run.execution = folded(run);
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
  if (run.decision || (run.takes_long && !run.execution.has_more())) return;
  stimulate(run, execution::Continue{});
}

// After a decision that was broken off. Later ones are not tried on this thread, because reading a
// long history again takes long, too.
execution::Execution Decisions::folded(const Active& run) {
  auto execution = workflows_.fold(run.row);
  for (const auto& event : run.events) execution.evolve(event);
  return execution;
}

// Returns what can be decided at once: that a run has started.
std::vector<execution::Event> Decisions::put_off(Active& run, execution::Stimulus stimulus) {
  executions_.touch(run);
  note_length(run, true);
  if (std::holds_alternative<execution::Start>(stimulus.what)) return started(run, stimulus);
  set_payloads_apart(stimulus);
  // The thread gets what has been read of the payloads so far; the copy serves questions meanwhile.
  auto copy = run.execution.copy();
  auto decision = std::make_shared<LongDecision>(
      run.row.id, std::exchange(run.execution, std::move(copy)), std::move(stimulus));
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

// Other runs of the same definition are not tried in a turn either until one was short.
void Decisions::note_length(Active& run, bool takes_long) {
  run.takes_long = takes_long;
  const auto& hash = run.row.made.definition_hash;
  if (!takes_long) {
    long_definitions_.erase(hash);
    return;
  }
  if (long_definitions_.size() >= most_noted) long_definitions_.clear();
  long_definitions_.insert(hash);
}

// The first event of a run; the rest is left for a Continue. A run that is broken off at its start
// begins with the same event.
std::vector<execution::Event> Decisions::started(Active& run, const execution::Stimulus& stimulus) {
  auto events = run.execution.copy().decide({stimulus.at, stimulus.seed, execution::Break{}});
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
    if (decision->execution)
      run->execution = std::move(*std::exchange(decision->execution, std::nullopt));
    else  // in a turn that failed
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
  note_length(*run, decision->took > longest_decision);
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
