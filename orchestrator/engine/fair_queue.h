// Deliveries that wait for a thread, shared out by run.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "orchestrator/engine/delivery.h"

namespace orch::engine {

/// Next is the oldest delivery of the run that has the fewest at work. One run never has more than
/// `most_of_one` at work, however many threads there are. Guarded by its owner.
class FairQueue {
 public:
  explicit FairQueue(int most_of_one) : most_of_one_(most_of_one) {}

  void add(std::shared_ptr<Delivery> delivery);
  /// True when take() has one.
  bool ready() const;
  /// The delivery is at work until done().
  std::shared_ptr<Delivery> take();
  void done(const Delivery& delivery);
  /// Drops what waits.
  void clear();

 private:
  struct Run {
    std::list<std::pair<std::uint64_t, std::shared_ptr<Delivery>>> waiting;  ///< by arrival
    int at_work = 0;
  };
  using Turn = std::tuple<int, std::uint64_t, store::ExecutionId>;  ///< at work, arrival, run

  void remove(store::ExecutionId id, const Run& run);
  void place(store::ExecutionId id, const Run& run);

  int most_of_one_;
  std::uint64_t arrivals_ = 0;
  std::map<store::ExecutionId, Run> runs_;  ///< with something waiting or at work
  std::set<Turn> ready_;                    ///< of the runs with something waiting
};

}  // namespace orch::engine
