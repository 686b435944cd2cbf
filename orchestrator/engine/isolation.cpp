#include "orchestrator/engine/isolation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/folding.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {
namespace {

constexpr int most_misfires = 3;
constexpr int most_dooms = 3;

}  // namespace

// The turn is decided again without what the run has done in it.
void Isolation::doom(store::ExecutionId id, const std::string& why) {
  const auto* run = executions_.known(id);
  // A new run has another number in the next attempt. Its command is refused, or its Map fails.
  if (run && run->created) throw Error("ORCH-0218", why);
  auto& doomed = doomed_[id];
  doomed.why = why;
  if (++doomed.times > most_dooms) throw Error("ORCH-0218", why);
  throw SpoiledTurn();
}

void Isolation::decide() {
  for (const auto& [run, doomed] : doomed_) {
    if (doomed.times > 1) {
      set_aside(store_.find_unchecked(run), doomed.why);
      continue;
    }
    within(run, [&, id = run, &why = doomed.why] {
      auto* active = executions_.find(id);
      if (!active) return;
      executions_.touch(*active);
      if (active->row.status == execution::Status::running)
        active->events = break_off(*active, why);
    });
  }
}

std::vector<execution::Event> Isolation::broken_off(Active& run, const std::string& why) {
  try {
    return break_off(run, why);
  } catch (...) {
    doom(run.row.id, own_fault());
  }
}

// Nothing of the decision that threw is kept. Throws when the run was not under way.
std::vector<execution::Event> Isolation::break_off(Active& run, const std::string& why) {
  log::error({{"run", run.row.made.run_id}}, "fails: {}", why);
  fault::point("engine.break_off");
  run.execution = workflows_.fold(run.row);
  for (const auto& event : run.events) run.execution.evolve(event);
  const asl::Failure failure{"States.Runtime",
                             fmt::format("What follows could not be decided: {}", why)};
  auto events = run.execution.decide(turn_.stimulus(execution::Break{failure}));
  if (events.empty())
    throw Error("ORCH-0218", fmt::format("run {}: {}", run.row.made.run_id, why),
                "nothing was changed");
  return events;
}

// One row of history for each run that has events, however many results led to them.
void Isolation::write() {
  for (auto* run : executions_.touched())
    if (!run->events.empty()) record(*run);
}

// One row of history, or several of a large turn.
void Isolation::record(Active& run) {
  const store::UnderDecision::Mark mark(store_.under_decision(), run.row.id);
  const auto write_down = [&] {
    turn_.transaction().append(run.row.id, run.events);
    turn_.brings(run.row.id, run.events.back().id);
    record_outcome(run);
  };
  try {
    return write_down();
  } catch (...) {
    const auto why = own_fault();
    if (!run.created) doom(run.row.id, why);
    turn_.transaction().discard(run.row.id, run.events.front().id);
    run.events.clear();
    run.events = broken_off(run, why);
  }
  write_down();
}

void Isolation::record_outcome(Active& run) {
  const bool changed =
      std::any_of(run.events.begin(), run.events.end(), [](const execution::Event& event) {
        return is_execution_end(event.type) ||
               event.type == execution::EventType::execution_redriven;
      });
  if (!changed) return;
  take_outcome(run.execution, turn_.now(), run.row);
  turn_.transaction().set_outcome(run.row);
}

void Isolation::carry_out_again(store::ExecutionId id, const std::string& why) {
  auto* run = executions_.known(id);
  if (!run) return;
  log::error({{"run", run->row.made.run_id}}, "{}; folded again", why);
  run->stale = true;
  executions_.queue_more(*run);
  if (++run->misfires >= most_misfires) doomed_[id] = {why, 1};
}

void Isolation::set_aside(const store::ExecutionRow& row, const std::string& why) {
  const auto& run = row.made.run_id;
  log::error({{"run", run}}, "set aside: {}", why);
  turn_.transaction().set_aside(row.id, turn_.now(), why);
  if (auto* active = executions_.known(row.id))
    executions_.drop(*active, std::make_exception_ptr(Error(
                                  "ORCH-0218", fmt::format("run {} is set aside: {}", run, why),
                                  fmt::format("`orch resume {}` tries again", run))));
}

}  // namespace orch::engine
