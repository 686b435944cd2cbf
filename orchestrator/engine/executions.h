// The runs in memory.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "orchestrator/access/policy.h"
#include "orchestrator/engine/active.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/workflows.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// A cache of the runs under way, each folded from its history. Tells followers when one comes and
/// goes.
class Executions final : public Participant {
 public:
  Executions(store::Store& store, const Options& options, Workflows& workflows, Follower& followers)
      : store_(store), options_(options), workflows_(workflows), followers_(followers) {}

  /// Null when it is not under way in memory. Folds a stale one again.
  Active* find(store::ExecutionId id);
  /// As it is, stale or not.
  Active* known(store::ExecutionId id) const;
  /// The run when it is under way, else null; null too when it is paused. Tells why when it should
  /// be and could not be taken up at the start.
  Active* take_up(const store::ExecutionRow& row);
  /// Takes up a run that is under way.
  Active& load(const store::ExecutionRow& row);
  /// Makes a run active in this turn; a failed commit undoes it.
  Active& add(store::ExecutionRow row, execution::Execution execution);
  /// It leaves memory; `why`: it is set aside.
  void drop(Active& run, const std::exception_ptr& why);

  /// It takes part in this turn.
  void touch(Active& run);
  const std::vector<Active*>& touched() const { return touched_; }
  /// Those that took part; none does then.
  std::vector<Active*> take_touched();

  /// It has something left to do of which no other part tells it.
  void queue_more(Active& run);
  std::size_t with_more() const { return more_.size(); }
  store::ExecutionId next_with_more() const { return more_.front(); }
  /// Null: it has left memory.
  Active* take_next_with_more();

  bool empty() const { return runs_.empty(); }
  const std::map<store::ExecutionId, std::unique_ptr<Active>>& all() const { return runs_; }
  /// What the run may reach; null: whatever this process can.
  std::shared_ptr<const access::Policy> access_of(const Active& run) const;

  void rolled_back() override;
  bool has_work() const override { return !more_.empty(); }

 private:
  void revive(Active& run);
  bool is_of_client(const store::NewExecution& made) const;
  bool is_of_client(store::ExecutionId id) const;

  store::Store& store_;
  const Options& options_;
  Workflows& workflows_;
  Follower& followers_;
  std::map<store::ExecutionId, std::unique_ptr<Active>> runs_;
  std::vector<Active*> touched_;
  std::deque<store::ExecutionId> more_;
};

}  // namespace orch::engine
