// Distributed maps: starts children as the window allows, and tells the parent how they ended.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "orchestrator/engine/background.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/map_run.h"
#include "orchestrator/engine/orphans.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/execution/execution.h"
#include "workers/worker.h"

namespace orch::engine {

/// The children are executions of their own; this starts them, counts their ends, and reads items
/// and writes results on threads that are never waited for.
class MapRuns final : public Participant, public Follower {
 public:
  MapRuns(Runs& runs, Orphans& orphans, Commands& commands, const workers::Registry& registry)
      : runs_(runs), orphans_(orphans), commands_(commands), registry_(registry) {}

  /// As that of the engine. Thread-safe.
  void update(const std::string& name, const store::MapRunLimits& limits);

  /// After everyone's news, within its share of the turn.
  void decide() override;
  void committed() override { background_.tidy(); }
  bool has_work() const override { return !waiting_.empty(); }

  bool take_on(Active& run, const execution::OpenTask& task) override;
  void follow(Active& run, const execution::Event& event) override;
  void closed_some(Active& run) override;
  void undone(Active& run) override;
  void ended(Active& run) override;
  void dropped(const Active& run, const std::exception_ptr& why) override;
  void recovered(const std::set<store::ExecutionId>& running) override;

 private:
  /// What is known of the map runs of one execution.
  struct Of {
    /// Those under way, by the id of their MapRunStarted. When one is no longer open at the end of
    /// a turn, its children must be stopped.
    std::map<execution::EventId, execution::Ticket> open;
    std::map<execution::EventId, MapRun> runs;  ///< dropped by a failed commit
  };

  void queue(store::ExecutionId parent, execution::Ticket ticket) {
    waiting_.emplace_back(parent, ticket);
  }
  std::function<void()> waker(store::ExecutionId parent, execution::Ticket ticket);
  void change_limits(const std::string& name, const store::MapRunLimits& limits);
  void go_on(Active& parent, const execution::OpenTask& task);
  void complete(Active& parent, const execution::OpenTask& task, MapRun& run);
  std::optional<json::Payload> output_of(const Active& parent, const execution::OpenTask& task,
                                         MapRun& run);
  MapRun& run_of(Active& parent, const execution::OpenTask& task);
  MapRun counted(Active& parent, const execution::OpenTask& task);
  void open_feed(Active& parent, const execution::OpenTask& task, MapRun& run);
  void set_length(MapRun& run, std::int64_t items);
  void start_children(Active& parent, const execution::OpenTask& task, MapRun& run);
  bool fill_batch(Active& parent, MapRun& run);
  std::optional<json::Payload> next_input(Active& parent, MapRun& run);
  void select_elsewhere(Active& parent, MapRun& run, const execution::Moment& moment,
                        const std::optional<json::Payload>& item);
  std::optional<json::Payload> selected(ItemSelection& selection);
  void start_child(Active& parent, MapRun& run);
  void redrive_child(MapRun& run);
  void fail(Active& parent, MapRun& run, const asl::Failure& failure);

  Runs& runs_;
  Orphans& orphans_;
  Commands& commands_;
  const workers::Registry& registry_;
  Background background_;  ///< feeds and jobs of map runs that are over
  std::map<store::ExecutionId, Of> of_;
  /// Map runs that may have something to do.
  std::deque<std::pair<store::ExecutionId, execution::Ticket>> waiting_;
};

}  // namespace orch::engine
