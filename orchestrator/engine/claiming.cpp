#include "orchestrator/engine/claiming.h"

#include <utility>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/engine/family.h"

namespace orch::engine {

Claiming::Claiming(Runs& runs) : runs_(runs) { claims_.load(runs.store.claims()); }

std::optional<workers::Holder> Claiming::claim(store::ExecutionId run,
                                               const std::vector<std::string>& names) {
  if (!runs_.executions.find(run)) return std::nullopt;  // it has ended without the task that asks
  auto wanted = claims_.names(run);
  wanted.insert(names.begin(), names.end());
  if (const auto other = claims_.obstacle(run, wanted)) return holder(*other, wanted);
  keep(run, std::move(wanted), std::nullopt);
  return std::nullopt;
}

workers::Holder Claiming::holder(store::ExecutionId other, const Claims::Names& wanted) {
  const auto& made = runs_.store.find(other).made;
  workers::Holder found{made.run_id, made.name, {}};
  for (const auto& name : claims_.names(other))
    if (wanted.contains(name)) found.names.push_back(name);
  return found;
}

void Claiming::keep(store::ExecutionId run, Claims::Names names,
                    std::optional<store::ExecutionId> waits_for) {
  if (names != claims_.names(run)) {
    const std::vector<std::string> list(names.begin(), names.end());
    runs_.turn.transaction().set_claims(run, list);
  }
  runs_.turn.transaction().set_waits_for(run, waits_for);
  claims_.set(run, std::move(names), waits_for.has_value());
}

void Claiming::wait_for(Active& run, execution::Ticket ticket,
                        const std::vector<std::string>& names) {
  if (!run.execution.is_open(ticket)) return;
  const auto id = run.row.id;
  auto wanted = claims_.names(id);
  wanted.insert(names.begin(), names.end());
  const auto other = claims_.obstacle(id, wanted);
  // What it has it gives up while it waits; so nothing of it may be at work.
  if (other && claims_.holds(id) && run.execution.open_tasks().size() > 1) {
    const auto failure = workers::overlaps(holder(*other, wanted));
    return runs_.decisions.stimulate(
        run, execution::TaskBroken{ticket, {failure.error(), failure.cause()}});
  }
  runs_.executions.touch(run);
  parked_[id].insert(static_cast<execution::EventId>(ticket));
  keep(id, std::move(wanted), other);
  granted_ = granted_ || !other;
}

void Claiming::claim_again(const store::ExecutionRow& row) {
  const auto names = runs_.store.claims_of(row.id);
  if (names.empty()) return;
  Claims::Names wanted(names.begin(), names.end());
  const auto other = claims_.obstacle(row.id, wanted);
  runs_.turn.transaction().set_waits_for(row.id, other);
  claims_.set(row.id, std::move(wanted), other.has_value());
}

void Claiming::decide() {
  if (stale_) claims_.load(runs_.store.claims());
  stale_ = false;
  if (!claims_.changed()) return;
  for (const auto& [run, other] : claims_.grant()) {
    runs_.turn.transaction().set_waits_for(run, other);
    granted_ = granted_ || !other;
  }
}

void Claiming::rolled_back() {
  stale_ = true;
  granted_ = false;
}

void Claiming::carry_out() {
  if (!std::exchange(granted_, false)) return;
  std::vector<store::ExecutionId> granted;
  for (const auto& [id, tickets] : parked_)
    if (const auto* run = runs_.executions.known(id); run && !waits(*run)) granted.push_back(id);
  for (const auto id : granted) {
    try {
      carry_on(*runs_.executions.known(id), parked_.extract(id).mapped());
    } catch (...) {
      runs_.isolation.carry_out_again(id, describe(std::current_exception()));
    }
  }
}

void Claiming::carry_on(Active& run, const std::set<execution::EventId>& tickets) {
  for (const auto ticket : tickets)
    if (const auto task = run.execution.open_task(execution::Ticket{ticket}))
      runs_.followers.take_on(run, *task);
}

bool Claiming::take_on(Active& run, const execution::OpenTask& task) {
  if (!waits(run)) return false;
  parked_[run.row.id].insert(static_cast<execution::EventId>(task.ticket));
  return true;
}

void Claiming::dropped(const Active& run, const std::exception_ptr& why) {
  parked_.erase(run.row.id);
  if (why) stale_ = true;  // it holds nothing while it rests
}

// The run, or one that it is a part of, waits for what another run has.
bool Claiming::waits(const Active& run) const {
  if (!claims_.any_wait()) return false;
  const auto* each = &run;
  while (!claims_.waits(each->row.id)) {
    const auto elder = elder_of(each->row);
    each = elder ? runs_.executions.known(*elder) : nullptr;
    if (!each) return false;
  }
  return true;
}

bool Claiming::related(store::ExecutionId a, store::ExecutionId b) {
  const auto part_of = [this](store::ExecutionId part, store::ExecutionId whole) {
    for (std::optional each = part; each; each = elder_of(runs_.store.find(*each)))
      if (*each == whole) return true;
    return false;
  };
  return part_of(a, b) || part_of(b, a);
}

}  // namespace orch::engine
