// Runs that keep names to themselves, and those that wait for them.
#include <algorithm>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/engine/ask.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/family.h"

namespace orch::engine {

std::optional<workers::Holder> Engine::Core::claim(store::ExecutionId run,
                                                   const std::vector<std::string>& names) {
  return ask<std::optional<workers::Holder>>([&] { return do_claim(run, names); }).get();
}

std::optional<workers::Holder> Engine::Core::do_claim(store::ExecutionId run,
                                                      const std::vector<std::string>& names) {
  if (!find(run)) return std::nullopt;  // the run has ended without the task that asks
  auto wanted = claims_.names(run);
  wanted.insert(names.begin(), names.end());
  if (const auto other = claims_.obstacle(run, wanted)) return holder(*other, wanted);
  keep_claim(run, std::move(wanted), std::nullopt);
  return std::nullopt;
}

workers::Holder Engine::Core::holder(store::ExecutionId other, const Claims::Names& wanted) {
  const auto& made = store_.find(other).made;
  workers::Holder found{made.run_id, made.name, {}};
  for (const auto& name : claims_.names(other))
    if (wanted.contains(name)) found.names.push_back(name);
  return found;
}

void Engine::Core::keep_claim(store::ExecutionId run, Claims::Names names,
                              std::optional<store::ExecutionId> waits_for) {
  if (names != claims_.names(run)) {
    const std::vector<std::string> list(names.begin(), names.end());
    transaction().set_claims(run, list);
  }
  transaction().set_waits_for(run, waits_for);
  claims_.set(run, std::move(names), waits_for.has_value());
}

// The worker of `ticket` has given its task back until the names are free. They may be by now.
void Engine::Core::wait_for_claim(Active& active, execution::Ticket ticket,
                                  const std::vector<std::string>& names) {
  if (!active.execution.is_open(ticket)) return;
  const auto run = active.row.id;
  auto wanted = claims_.names(run);
  wanted.insert(names.begin(), names.end());
  const auto other = claims_.obstacle(run, wanted);
  // What it has it gives up while it waits; so nothing of it may be at work.
  if (other && claims_.holds(run) && active.execution.open_tasks().size() > 1)
    return refuse_claim(active, ticket, holder(*other, wanted));
  touch(active);
  active.parked.insert(static_cast<execution::EventId>(ticket));
  keep_claim(run, std::move(wanted), other);
  granted_ = granted_ || !other;
}

void Engine::Core::refuse_claim(Active& active, execution::Ticket ticket,
                                const workers::Holder& other) {
  const auto failure = workers::overlaps(other);
  stimulate(active, execution::TaskBroken{ticket, {failure.error(), failure.cause()}});
}

// A run that is continued wants what it had before it ended or rested.
void Engine::Core::claim_again(const store::ExecutionRow& row) {
  const auto names = store_.claims_of(row.id);
  if (names.empty()) return;
  Claims::Names wanted(names.begin(), names.end());
  const auto other = claims_.obstacle(row.id, wanted);
  transaction().set_waits_for(row.id, other);
  claims_.set(row.id, std::move(wanted), other.has_value());
}

// Those that wait get what has become free.
void Engine::Core::grant_claims() {
  if (claims_stale_) claims_.load(store_.claims());
  claims_stale_ = false;
  if (!claims_.changed()) return;
  for (const auto& [run, other] : claims_.grant()) {
    transaction().set_waits_for(run, other);
    granted_ = granted_ || !other;
  }
}

// Tasks of runs that no longer wait.
void Engine::Core::carry_on_granted() {
  if (!std::exchange(granted_, false)) return;
  for (auto& [id, active] : active_) {
    if (active->parked.empty() || waits(*active)) continue;
    try {
      carry_on_parked(*active);
    } catch (...) {
      carry_out_again(id, describe(std::current_exception()));
    }
  }
}

void Engine::Core::carry_on_parked(Active& active) {
  for (const auto ticket : std::exchange(active.parked, {})) {
    const auto task = active.execution.open_task(execution::Ticket{ticket});
    if (task && !active.deliveries.contains(ticket)) carry_on(active, *task);
  }
}

// The run, or one that it is a part of, waits for what another run has.
bool Engine::Core::waits(const Active& active) const {
  if (!claims_.any_wait()) return false;
  const auto* each = &active;
  while (!claims_.waits(each->row.id)) {
    const auto elder = elder_of(each->row);
    const auto found = elder ? active_.find(*elder) : active_.end();
    if (found == active_.end()) return false;
    each = found->second.get();
  }
  return true;
}

bool Engine::Core::related(store::ExecutionId a, store::ExecutionId b) {
  const auto part_of = [this](store::ExecutionId part, store::ExecutionId whole) {
    for (std::optional each = part; each; each = elder_of(store_.find(*each)))
      if (*each == whole) return true;
    return false;
  };
  return part_of(a, b) || part_of(b, a);
}

}  // namespace orch::engine
