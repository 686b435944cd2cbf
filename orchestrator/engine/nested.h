// Tasks that wait for runs they started: states:startExecution.sync.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/orphans.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"

namespace orch::engine {

/// A worker has started the run, and the task is submitted; from then on this has the task.
class Nested final : public Participant, public Follower {
 public:
  Nested(Runs& runs, Orphans& orphans) : runs_(runs), orphans_(orphans) {}

  void decide() override;
  bool has_work() const override { return !waiting_.empty(); }

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void follow(Active& run, const execution::Event& event) override;
  void closed_some(Active& run) override { leave_closed(run.row.id, &run.execution); }
  void ended(Active& run) override;
  void added(const Active& run) override;
  void dropped(const Active& run, const std::exception_ptr& why) override;
  void recovered(const std::set<store::ExecutionId>& running) override;

 private:
  void queue(store::ExecutionId execution, execution::Ticket ticket) {
    waiting_.emplace_back(execution, ticket);
  }
  void finish(Active& run, const execution::OpenTask& task);
  void leave_closed(store::ExecutionId starter, const execution::Execution* open);

  Runs& runs_;
  Orphans& orphans_;
  /// Tasks whose run may have ended.
  std::deque<std::pair<store::ExecutionId, execution::Ticket>> waiting_;
  /// Runs under way that a task waits for, by that task's execution.
  std::multimap<store::ExecutionId, std::pair<execution::Ticket, store::ExecutionId>> started_;
};

}  // namespace orch::engine
