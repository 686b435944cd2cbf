// Tasks that start executions: states:startExecution, with and without .sync.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "orchestrator/engine/fires.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/nested_starts.h"
#include "orchestrator/engine/orphans.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/submissions.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// The execution and what its task is told of it are committed together, so that it starts once
/// whatever happens. The task of .sync ends with the execution, and the execution with the task.
class Nested final : public Participant, public Follower {
 public:
  Nested(Runs& runs, Orphans& orphans, Submissions& submissions, Fires& fires,
         const workers::Registry& registry, std::shared_ptr<NestedStarts> starts)
      : runs_(runs),
        orphans_(orphans),
        submissions_(submissions),
        fires_(fires),
        registry_(registry),
        starts_(std::move(starts)) {}

  void decide() override;
  bool has_work() const override { return !waiting_.empty(); }

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void follow(Active& run, const execution::Event& event) override;
  void closed_some(Active& run) override { leave_closed(run.row.id, &run.execution); }
  void moved(Active& run) override;
  void ended(Active& run) override;
  void added(const Active& run) override;
  void dropped(const Active& run, const std::exception_ptr& why) override;
  void recovered(const std::set<store::ExecutionId>& running) override;

 private:
  using Asking = std::pair<store::ExecutionId, execution::Ticket>;

  void queue(store::ExecutionId execution, execution::Ticket ticket) {
    waiting_.emplace_back(execution, ticket);
  }
  bool is_started_here(const execution::OpenTask& task) const;
  void go_on(Active& run, const execution::OpenTask& task);
  void begin(Active& run, const execution::OpenTask& task);
  boost::json::value start(const Active& run, const execution::OpenTask& task);
  void finish(Active& run, const execution::OpenTask& task);
  std::optional<store::ExecutionRow> started_by(const Active& run, const execution::OpenTask& task);
  void check_depth(const Active& run) const;
  void leave_closed(store::ExecutionId starter, const execution::Execution* open);

  Runs& runs_;
  Orphans& orphans_;
  Submissions& submissions_;
  Fires& fires_;
  const workers::Registry& registry_;
  std::shared_ptr<NestedStarts> starts_;  ///< null: workers start what tasks ask for
  /// Tasks whose execution is to be started, or may have ended.
  std::deque<Asking> waiting_;
  /// Tasks of runs that are being decided elsewhere.
  std::map<store::ExecutionId, std::vector<execution::Ticket>> held_;
  /// Runs under way that a task waits for, by that task's execution.
  std::multimap<store::ExecutionId, std::pair<execution::Ticket, store::ExecutionId>> started_;
  /// Tasks that wait for a run that another one started.
  std::map<store::ExecutionId, std::set<Asking>> joined_;
};

}  // namespace orch::engine
