// Tasks that workers of this process do.
#pragma once

#include <memory>
#include <vector>

#include "orchestrator/engine/admission.h"
#include "orchestrator/engine/arrivals.h"
#include "orchestrator/engine/claiming.h"
#include "orchestrator/engine/deliveries.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/pool.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/timers.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// Hands open tasks to the pool and takes in how they end; watches that they show signs of life,
/// and records when they have begun and how far they are. Last of the followers: it takes on
/// whatever no other follower takes on.
class Tasks final : public Participant, public Follower {
 public:
  /// `wakeup` is rung by worker threads.
  Tasks(Runs& runs, Claiming& claiming, Admission& admission, Commands& commands, Wakeup& wakeup,
        const workers::Registry& registry, int threads, Observer* observer);
  /// Asks the tasks at work to stop and waits for their threads.
  ~Tasks() override;

  /// True while a worker has the task.
  bool is_with_worker(store::ExecutionId run, execution::Ticket ticket) const {
    return deliveries_.find(run, ticket) != nullptr;
  }
  /// Asks the tasks that the hold is about to stop; they come back to be done later.
  void stop_for(const store::HoldRow& hold);
  /// Engine::drain(). Not on the engine's thread.
  void drain(Millis patience);

  void decide() override;
  void write() override;
  void committed() override;
  void rolled_back() override { heartbeats_.rolled_back(); }
  void carry_out() override;
  bool has_work() const override { return !news_.empty(); }
  bool has_arrived() const override { return !news_.empty(); }
  bool expects_arrivals() const override { return deliveries_.any(); }
  Millis patience() const override;

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void closed_some(Active& run) override { deliveries_.let_go_closed(run); }
  void undone(Active& run) override { deliveries_.undo_announced(run.row.id); }
  void dropped(const Active& run, const std::exception_ptr& why) override;

 private:
  void join_trace(const Active& run) const;
  void take_in(const WorkerNews& news);
  void take_failure(Active& run, Delivery& delivery, const asl::Failure& failure);
  void announce_begun();
  void watch_heartbeats();
  void watch(const Timer& timer);
  std::shared_ptr<Delivery> delivery_of(const Active& run, const execution::OpenTask& task);
  void add_ways_back(Delivery& delivery);
  const store::ExecutionRow& run_of(const Active& execution) const;
  void report_progress(store::ExecutionId run, const Deliveries::Tasks& tasks);

  Runs& runs_;
  Claiming& claiming_;
  Admission& admission_;
  Commands& commands_;
  Observer* observer_;
  Arrivals<WorkerNews> news_;
  Deliveries deliveries_;
  std::vector<std::shared_ptr<Delivery>> to_queue_;  ///< made since the last carry_out()
  std::int64_t next_fence_;
  Timers heartbeats_;
  Instant looked_at_{};    ///< when tasks that have begun were last looked for
  Instant progress_at_{};  ///< when progress was last written
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace orch::engine
