#include "orchestrator/engine/claims.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace orch::engine {

void Claims::load(const std::vector<store::ClaimRow>& rows) {
  claims_.clear();
  waiting_ = 0;
  for (const auto& row : rows)
    set(row.execution, {row.names.begin(), row.names.end()}, row.waits_for.has_value());
  changed_ = true;
}

const Claims::Names& Claims::names(store::ExecutionId run) const {
  static const Names none;
  const auto found = claims_.find(run);
  return found == claims_.end() ? none : found->second.names;
}

bool Claims::waits(store::ExecutionId run) const {
  const auto found = claims_.find(run);
  return found != claims_.end() && found->second.waits;
}

bool Claims::holds(store::ExecutionId run) const {
  const auto found = claims_.find(run);
  return found != claims_.end() && !found->second.waits && !found->second.names.empty();
}

std::optional<store::ExecutionId> Claims::obstacle(store::ExecutionId run,
                                                   const Names& names) const {
  // Those that hold something come before those that wait for it.
  std::optional<store::ExecutionId> first;
  auto best = std::pair(true, std::numeric_limits<std::int64_t>::max());
  for (const auto& [other, claim] : claims_) {
    const auto rank = std::pair(claim.waits, claim.place);
    if (rank >= best || !in_the_way(other, claim, run, names)) continue;
    best = rank;
    first = other;
  }
  return first;
}

bool Claims::in_the_way(store::ExecutionId other, const Claim& claim, store::ExecutionId run,
                        const Names& names) const {
  if (other == run) return false;
  // One that waits is passed by those that were there before it.
  const auto mine = claims_.find(run);
  if (claim.waits && mine != claims_.end() && mine->second.place < claim.place) return false;
  const bool overlap = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return claim.names.contains(name);
  });
  return overlap && !related_(other, run);
}

void Claims::set(store::ExecutionId run, Names names, bool waits) {
  auto [entry, fresh] = claims_.try_emplace(run);
  auto& claim = entry->second;
  if (fresh) claim.place = next_place_++;
  if (!fresh && claim.waits) --waiting_;
  if (!fresh && !claim.waits && waits) changed_ = true;  // it gives up what it had
  if (waits) ++waiting_;
  claim.names = std::move(names);
  claim.waits = waits;
}

void Claims::drop(store::ExecutionId run) {
  const auto found = claims_.find(run);
  if (found == claims_.end()) return;
  if (found->second.waits) --waiting_;
  claims_.erase(found);
  changed_ = true;
}

std::vector<Claims::Change> Claims::grant() {
  std::vector<std::pair<std::int64_t, store::ExecutionId>> waiting;
  for (const auto& [run, claim] : claims_)
    if (claim.waits) waiting.emplace_back(claim.place, run);
  std::sort(waiting.begin(), waiting.end());
  std::vector<Change> changes;
  for (const auto& [place, run] : waiting) {
    auto& claim = claims_.at(run);
    const auto in_the_way = obstacle(run, claim.names);
    if (!in_the_way) {
      claim.waits = false;
      --waiting_;
    }
    changes.push_back({run, in_the_way});
  }
  return changes;
}

}  // namespace orch::engine
