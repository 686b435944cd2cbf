// What goes wrong in one run ends there: the run fails with its reason, or is set aside; the turn
// of the others goes on.
//
// A decision that throws is undone in memory, and the run ends instead. After any other error the
// turn is rolled back, the run it belongs to is ended first of all, and everything else is decided
// again. A run that cannot even be ended is set aside.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/folding.h"

namespace orch::engine {
namespace {

constexpr int most_misfires = 3;
constexpr int most_dooms = 3;
constexpr int most_deaths = 2;

}  // namespace

// The turn is decided again without what the run has done in it.
void Engine::Core::doom(store::ExecutionId run, const std::string& why) {
  const auto found = active_.find(run);
  // A new run has another number in the next attempt. Its command is refused, or its Map fails.
  if (found != active_.end() && found->second->created) throw Error("ORCH-0218", why);
  auto& doomed = doomed_[run];
  doomed.why = why;
  if (++doomed.times > most_dooms) throw Error("ORCH-0218", why);
  throw SpoiledTurn();
}

void Engine::Core::end_doomed() {
  for (const auto& [run, doomed] : doomed_) {
    if (doomed.times > 1) {
      set_aside(store_.find(run), doomed.why);
      continue;
    }
    within(run, [&, id = run, &why = doomed.why] {
      auto* active = find(id);
      if (!active) return;
      touch(*active);
      if (active->row.status == execution::Status::running)
        active->events = break_off(*active, why);
    });
  }
}

std::vector<execution::Event> Engine::Core::broken_off(Active& active, const std::string& why) {
  try {
    return break_off(active, why);
  } catch (...) {
    doom(active.row.id, own_fault());
  }
}

// What the run has come to before the present decision, and then its end. Nothing of the decision
// that threw is kept. Throws when the run was not under way.
std::vector<execution::Event> Engine::Core::break_off(Active& active, const std::string& why) {
  log::error("run={} msg=\"fails: {}\"", active.row.made.run_id, why);
  fault::point("engine.break_off");
  active.execution = fold(active.row, workflow(active.row.made.definition_hash));
  for (const auto& event : active.events) active.execution.evolve(event);
  const asl::Failure failure{"States.Runtime",
                             fmt::format("What follows could not be decided: {}", why)};
  auto events = active.execution.decide({now_, secrets_.next_bits(), execution::Break{failure}});
  if (events.empty())
    throw Error("ORCH-0218", fmt::format("run {}: {}", active.row.made.run_id, why),
                "nothing was changed");
  return events;
}

// One row of history, or several of a large turn.
void Engine::Core::record(Active& active) {
  const store::UnderDecision::Mark mark(store_.under_decision(), active.row.id);
  const auto write_down = [&] {
    transaction().append(active.row.id, active.events);
    record_outcome(active);
  };
  try {
    return write_down();
  } catch (...) {
    const auto why = own_fault();
    if (!active.created) doom(active.row.id, why);
    transaction().discard(active.row.id, active.events.front().id);
    active.events.clear();
    active.events = broken_off(active, why);
  }
  write_down();
}

// The events are committed, but not everything follows from them that should: the run is folded
// again in the next turn, as after a restart.
void Engine::Core::carry_out_again(store::ExecutionId run, const std::string& why) {
  const auto found = active_.find(run);
  if (found == active_.end()) return;
  auto& active = *found->second;
  log::error("run={} msg=\"{}; folded again\"", active.row.made.run_id, why);
  active.stale = true;
  queue_more(active);
  if (++active.misfires >= most_misfires) doomed_[run] = {why, 1};
}

// Nothing continues it until it is resumed or stopped.
void Engine::Core::set_aside(const store::ExecutionRow& row, const std::string& why) {
  const auto& run = row.made.run_id;
  log::error("run={} msg=\"set aside: {}\"", run, why);
  transaction().set_aside(row.id, now_, why);
  claims_stale_ = true;  // it holds nothing while it rests
  forget(row.id, std::make_exception_ptr(Error("ORCH-0218",
                                               fmt::format("run {} is set aside: {}", run, why),
                                               fmt::format("`orch resume {}` tries again", run))));
}

// Inside a catch block: at the start, the run could not be taken up.
void Engine::Core::leave_out(const store::ExecutionRow& row) {
  try {
    set_aside(row, own_fault());
  } catch (const std::exception& error) {
    log::error("run={} msg=\"cannot be continued: {}\"", row.made.run_id, error.what());
  }
}

// What made it be set aside must not keep it from being ended.
std::string Engine::Core::stop_aside(const store::ExecutionRow& row,
                                     const execution::Stop& reason) {
  stop_at_rest(row, reason);
  for (const auto& part : parts_of(store_, row)) {
    if (auto* active = find(part.id))
      stimulate(*active, execution::Stop{"", ""});
    else
      stop_at_rest(part, {"", ""});
  }
  return row.made.run_id;
}

void Engine::Core::stop_at_rest(store::ExecutionRow row, const execution::Stop& reason) {
  std::vector<execution::Event> events;
  try {
    auto execution = fold(row, workflow(row.made.definition_hash));
    events = execution.decide({now_, secrets_.next_bits(), reason});
    take_outcome(execution, now_, row);
  } catch (...) {
    own_fault();
    abort_unread(reason, now_, row);
  }
  if (!events.empty()) transaction().append(row.id, events);
  transaction().set_outcome(row);
}

// Before anything is decided: the run over which two processes in a row have died is set aside.
void Engine::Core::look_back(std::vector<store::ExecutionRow>& running) {
  const auto left = store_.under_decision().left_behind();
  const auto before = store_.suspect();
  const auto row = std::find_if(running.begin(), running.end(),
                                [&](const auto& each) { return left && each.id == *left; });
  std::optional<store::Suspect> suspect;
  if (row != running.end()) {
    suspect = {*left, before && before->run == *left ? before->deaths + 1 : 1};
    log::warn("run={} msg=\"was being decided when the process before this one died\" deaths={}",
              row->made.run_id, suspect->deaths);
    if (suspect->deaths >= most_deaths) {
      set_aside(*row, "two processes in a row died while it was being decided");
      row->paused_at = now_;
      suspect.reset();
    }
  }
  if (suspect != before) transaction().set_suspect(suspect);
  commit_start();
}

void Engine::Core::commit_start() {
  if (transaction_) transaction_->commit();
  transaction_.reset();
}

// Its workers stop, those who wait for it are told `why`.
void Engine::Core::forget(store::ExecutionId run, const std::exception_ptr& why) {
  const auto found = active_.find(run);
  if (found == active_.end()) return;
  auto& active = *found->second;
  for (const auto& [ticket, delivery] : active.deliveries) delivery->request_stop();
  std::erase(touched_, &active);
  active_.erase(found);
  if (auto waiting = waiters_.extract(run)) {
    for (auto& promise : waiting.mapped()) promise->set_exception(why);
  }
  if (!active_.empty()) return;
  for (auto& promise : std::exchange(idle_waiters_, {})) promise->set_value();
}

}  // namespace orch::engine
