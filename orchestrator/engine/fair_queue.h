// Deliveries that wait for a thread, shared out by priority, pipeline and run.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "orchestrator/engine/delivery.h"

namespace orch::engine {

/// Next is a delivery of the highest priority; of those one of the group that has the fewest at
/// work, there the oldest of the run that has the fewest. One run never has more than
/// `most_of_one` at work, however many threads there are. Guarded by its owner.
class FairQueue {
 public:
  explicit FairQueue(int most_of_one) : most_of_one_(most_of_one) {}

  void add(std::shared_ptr<Delivery> delivery);
  /// True when take() has one.
  bool ready() const { return !ready_.empty(); }
  /// The delivery is at work until done().
  std::shared_ptr<Delivery> take();
  void done(const Delivery& delivery);
  /// Drops what waits.
  void clear();

 private:
  using GroupKey = std::pair<std::int64_t, std::string>;  ///< negative priority, name
  struct Run {
    std::list<std::pair<std::uint64_t, std::shared_ptr<Delivery>>> waiting;  ///< by arrival
    int at_work = 0;
  };
  struct Group {
    std::map<store::ExecutionId, Run> runs;  ///< with something waiting or at work
    /// At work, arrival and id of those runs that may begin something.
    std::set<std::tuple<int, std::uint64_t, store::ExecutionId>> ready;
    int at_work = 0;
  };
  /// Negative priority, at work, at work of its first run, arrival, and the group itself: smaller
  /// goes first.
  using Turn = std::tuple<std::int64_t, int, int, std::uint64_t, const GroupKey*>;

  static GroupKey group_of(const Delivery& delivery) {
    return {-delivery.priority, delivery.group};
  }
  static Turn turn_of(const std::pair<const GroupKey, Group>& group);
  /// Lets `change` work on a run of a group, and keeps the order of who is next.
  template <class Change>
  void change(const GroupKey& key, store::ExecutionId id, const Change& change);

  int most_of_one_;
  std::uint64_t arrivals_ = 0;
  std::map<GroupKey, Group> groups_;  ///< with something waiting or at work
  std::set<Turn> ready_;              ///< of the groups that may begin something
};

}  // namespace orch::engine
