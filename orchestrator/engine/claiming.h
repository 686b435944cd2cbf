// Runs that keep names to themselves, and those that wait for them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/engine/claims.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/execution/execution.h"
#include "workers/worker.h"

namespace orch::engine {

/// A run whose names another run has waits with all its tasks; first of the followers, it keeps
/// those tasks from the others until then.
class Claiming final : public Participant, public Follower {
 public:
  explicit Claiming(Runs& runs);

  /// Gives the run the names beside those that it has, unless another run has one of them: that is
  /// the answer then.
  std::optional<workers::Holder> claim(store::ExecutionId run,
                                       const std::vector<std::string>& names);
  /// The worker of `ticket` has given its task back until the names are free. They may be by now.
  void wait_for(Active& run, execution::Ticket ticket, const std::vector<std::string>& names);
  /// A run that is continued wants what it had before it ended or rested.
  void claim_again(const store::ExecutionRow& row);

  /// Those that wait get what has become free.
  void decide() override;
  void committed() override { claims_.settled(); }
  void rolled_back() override;
  /// Tasks of runs that no longer wait.
  void carry_out() override;
  bool has_work() const override { return stale_ || claims_.changed(); }

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void ended(Active& run) override { claims_.drop(run.row.id); }
  void dropped(const Active& run, const std::exception_ptr& why) override;

 private:
  workers::Holder holder(store::ExecutionId other, const Claims::Names& wanted);
  void keep(store::ExecutionId run, Claims::Names names,
            std::optional<store::ExecutionId> waits_for);
  bool waits(const Active& run) const;
  bool related(store::ExecutionId a, store::ExecutionId b);
  void carry_on(Active& run, const std::set<execution::EventId>& tickets);

  Runs& runs_;
  Claims claims_{[this](auto a, auto b) { return related(a, b); }};
  bool stale_ = true;     ///< a turn failed, or none has been decided: to be loaded again
  bool granted_ = false;  ///< a run that waited does no longer; its tasks are to be carried on
  /// Tickets of open tasks that wait with their run.
  std::map<store::ExecutionId, std::set<execution::EventId>> parked_;
};

}  // namespace orch::engine
