// Fires of pipelines' triggers: the one door through which a pipeline's runs come to be.
//
// A trigger of any kind (a schedule, files that have come, another pipeline's success, a webhook,
// somebody who asks) says "trigger T of pipeline P fires for time t, named K, and this is what I
// know of it", and the same things happen:
//
// - In one commit with the run, the fire gets a row that says what became of it: the run, a place
// in
//   the queue, or the reason why there is none (store/pipelines.h). The row is named by pipeline,
//   trigger and key, so the same fire again, after a crash or from a client that got no answer, is
//   answered with that row: one run or one reason, whatever happens.
// - Overlap, pause and catch-up are decided by one policy (pipeline/fire_policy.h).
// - The run's input is the pipeline's template over what the trigger knows (pipeline/input.h).
// - What waits is started when a run of the pipeline ends, by the engine that has
// Options::triggers,
//   also after a restart: the queue is those rows.
//
// Rows of a trigger's own that must come with the fire, such as a ledger of files, are written by
// Fire::also, in the same transaction.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "orchestrator/engine/arrivals.h"
#include "orchestrator/engine/commands.h"
#include "orchestrator/engine/controls.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/engine/follower.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/pipeline_documents.h"
#include "orchestrator/engine/submissions.h"
#include "orchestrator/pipeline/fire_policy.h"
#include "orchestrator/store/pipelines.h"

namespace orch::engine {

class Fires final : public Participant, public Follower {
 public:
  /// `starts_queued`: what waits is started here.
  Fires(Runs& runs, Commands& commands, Controls& controls, Submissions& submissions,
        bool starts_queued);

  /// The door: see Engine::fire(). Thread-safe.
  std::future<Fired> fire(Fire fire);
  /// The same in the turn under way.
  Fired decide(const Fire& fire);
  /// A client of the service starts the pipeline's state machine: a run at once, or
  /// Submitted::declined, because the client is told of a run and not of a place in a queue. The
  /// row is named by the execution's name; one without a run is decided anew. Thread-safe.
  std::future<Submitted> start(Submission submission);
  /// The same for the task `starter`, in the turn under way.
  Submitted start_for(const store::StarterLink& starter, const Submission& submission);
  /// Fires of one pipeline that come together, in the order of their times, in the turn under way.
  /// Those that have a row keep it. Throws what goes wrong with the pipeline itself.
  void decide(const store::PipelineRow& pipeline, std::vector<NewFire> fires);
  /// What waits for a run of this pipeline may start. On the engine's thread.
  void look_at(const std::string& pipeline) { looks_.insert(pipeline); }

  const PipelineDocuments& documents() const { return documents_; }
  std::shared_ptr<const pipeline::Pipeline> document_of(const store::PipelineRow& row) {
    return documents_.get(row);
  }

  void decide() override;
  void committed() override;
  void rolled_back() override;
  bool has_work() const override { return starts_queued_ && !looks_.empty(); }

  void ended(Active& run) override;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;

  static Key key_of(const store::FireRow& fire) { return {fire.pipeline, fire.trigger, fire.key}; }

  Submitted start_asked(const Submission& submission,
                        const std::optional<store::StarterLink>& starter);
  Submitted submit(const Submission& submission, const std::optional<store::StarterLink>& starter);
  std::string part_of_itself(const std::vector<std::string>& runs,
                             std::optional<store::ExecutionId> starter);
  std::vector<std::string> under_way(const std::string& pipeline);
  void cancel(const std::vector<std::string>& runs);
  void go_on(const std::string& pipeline);
  void settle(const store::PipelineRow& pipeline, std::vector<NewFire> all);
  void start_backfilled(const store::PipelineRow& pipeline,
                        std::span<const store::RunUnderWay> under_way);
  void start(const store::PipelineRow& pipeline, NewFire fire);
  std::string start_run(const store::PipelineRow& pipeline, const store::FireRow& fire);
  std::string input_of(const store::PipelineRow& pipeline, const store::FireRow& fire);
  void record(NewFire fire);

  Runs& runs_;
  Commands& commands_;
  Controls& controls_;
  Submissions& submissions_;
  const bool starts_queued_;
  PipelineDocuments documents_;
  std::set<std::string> looks_;   ///< pipelines whose queue may move
  std::set<std::string> looked_;  ///< of those: in the turn under way
  /// Fires whose run cannot be started, and why: their turn is decided again.
  std::map<Key, std::string> failed_;
  std::vector<NewFire> recorded_;  ///< in the turn under way: told once it is committed
};

}  // namespace orch::engine
