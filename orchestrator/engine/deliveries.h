// Tasks that are with workers.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "orchestrator/engine/active.h"
#include "orchestrator/engine/delivery.h"

namespace orch::engine {

/// The deliveries whose end is not committed, by run and ticket. Belongs to the engine's thread.
class Deliveries {
 public:
  using Tasks = std::unordered_map<execution::EventId, std::shared_ptr<Delivery>>;

  void add(const std::shared_ptr<Delivery>& delivery);
  /// Null: the task is with no worker.
  Delivery* find(store::ExecutionId run, execution::Ticket ticket) const;
  /// Its end is committed.
  void settle(const Delivery& delivery);

  /// Those of tasks that are closed are asked to stop; nothing waits for their results.
  void let_go_closed(const Active& run);
  /// Likewise all of the run.
  void let_go(store::ExecutionId run);
  void request_stop();

  /// The history has, or will have, the task's start.
  void announce(Delivery& delivery);
  /// It has not, after all.
  void undo_announced(store::ExecutionId run);
  bool any() const { return in_flight_ > 0; }
  bool any_to_announce() const { return in_flight_ > announced_; }

  const std::map<store::ExecutionId, Tasks>& by_run() const { return by_run_; }

 private:
  std::map<store::ExecutionId, Tasks> by_run_;
  int in_flight_ = 0;  ///< those that were let go included
  int announced_ = 0;  ///< of those: whose start is in the history
};

}  // namespace orch::engine
