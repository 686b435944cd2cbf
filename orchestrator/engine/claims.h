// What runs keep to themselves while they are under way: names, such as those of target tables.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::engine {

/// Which run has which names, and who waits for whom. A run gets all that it wants at once, or
/// waits with none of it; those that wait get their turn in the order in which they came. A cache
/// of the store, for the engine's thread.
class Claims {
 public:
  using Names = std::set<std::string>;
  /// Whether one of two runs is a part of the other: these are not in each other's way.
  using Related = std::function<bool(store::ExecutionId, store::ExecutionId)>;

  explicit Claims(Related related) : related_(std::move(related)) {}

  /// Replaces everything by what the store holds; the oldest runs have come first.
  void load(const std::vector<store::ClaimRow>& rows);

  /// The names of a run, whether it has them or waits for them.
  const Names& names(store::ExecutionId run) const;
  bool waits(store::ExecutionId run) const;
  bool any_wait() const { return waiting_ > 0; }
  bool holds(store::ExecutionId run) const;

  /// The first run that is in the way of `run` having `names`; unset: none.
  std::optional<store::ExecutionId> obstacle(store::ExecutionId run, const Names& names) const;
  /// The run has the names, or waits for them; one that waited keeps its place.
  void set(store::ExecutionId run, Names names, bool waits);
  /// The run has ended, or rests.
  void drop(store::ExecutionId run);

  /// A run that waits, and what has become of that.
  struct Change {
    store::ExecutionId run{};
    std::optional<store::ExecutionId> obstacle;  ///< unset: it has its names now
  };
  /// After drop(): gives those that wait what has become free. All that wait are in the answer.
  std::vector<Change> grant();
  /// Something was dropped, or loaded, since the last settled().
  bool changed() const { return changed_; }
  void settled() { changed_ = false; }

 private:
  struct Claim {
    Names names;
    bool waits = false;
    std::int64_t place = 0;
  };
  bool in_the_way(store::ExecutionId other, const Claim& claim, store::ExecutionId run,
                  const Names& names) const;

  Related related_;
  std::map<store::ExecutionId, Claim> claims_;
  std::int64_t next_place_ = 0;
  std::int64_t waiting_ = 0;
  bool changed_ = false;
};

}  // namespace orch::engine
