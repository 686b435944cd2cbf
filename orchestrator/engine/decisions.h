// What arrives for a run becomes its events.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "orchestrator/engine/commands.h"
#include "orchestrator/engine/executions.h"
#include "orchestrator/engine/isolation.h"
#include "orchestrator/engine/long_decision.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/turn.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// Of one evaluation. What takes longer is made elsewhere, and others do not wait for it.
inline constexpr Millis longest_decision{10};

/// A decision that takes longer than a turn may is undone and made again on a thread of its own,
/// from a copy of the run. What comes for the run meanwhile waits; the events are taken over in a
/// later turn. Nothing of it is durable before: a crash is one before the stimulus.
class Decisions final : public Participant {
 public:
  Decisions(store::Store& store, Turn& turn, Commands& commands, Workflows& workflows,
            Executions& executions, Isolation& isolation)
      : store_(store),
        turn_(turn),
        commands_(commands),
        workflows_(workflows),
        executions_(executions),
        isolation_(isolation),
        threads_(store.under_decision()) {}

  /// The run decides, now or after what is decided elsewhere.
  void stimulate(Active& run, Active::What what);
  /// Runs that were being decided when the process before this one died.
  void suspect(std::vector<store::Suspect> suspects);
  /// Goes on where the bound of a turn stopped runs; after all news, so that a run with much to do
  /// does not delay the others.
  void decide() override;

  /// Evaluates elsewhere; `made` is called on another thread then.
  void make_elsewhere(std::shared_ptr<LongWork> work, std::function<void()> made) {
    threads_.add(std::move(work), std::move(made));
  }

 private:
  void take_events(Active& run, std::vector<execution::Event> events);
  std::vector<execution::Event> decided(Active& run, Active::What what);
  void continue_run(Active& run);

  void note_length(Active& run, bool takes_long);
  execution::Execution folded(const Active& run);
  std::vector<execution::Event> put_off(Active& run, execution::Stimulus stimulus);
  std::vector<execution::Event> started(Active& run, const execution::Stimulus& stimulus);
  void adopt(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision);
  void adopted(store::ExecutionId run, const std::shared_ptr<LongDecision>& decision);
  bool is_suspect(store::ExecutionId run) const;
  void absolve(store::ExecutionId run);

  store::Store& store_;
  Turn& turn_;
  Commands& commands_;
  Workflows& workflows_;
  Executions& executions_;
  Isolation& isolation_;
  std::vector<store::Suspect> suspects_;
  /// By hash: those whose latest decisions took long.
  std::unordered_set<std::string> long_definitions_;
  DecisionThreads threads_;
};

}  // namespace orch::engine
