// A run in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "orchestrator/engine/long_decision.h"
#include "orchestrator/execution/execution.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// A cache of what the store holds of a run, and what the turn under way has made of it.
struct Active {
  using What = decltype(execution::Stimulus::what);

  Active(store::ExecutionRow the_row, execution::Execution the_execution)
      : row(std::move(the_row)), execution(std::move(the_execution)) {}
  ~Active() { drop_decision(); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

  /// Nothing comes of the decision that is made elsewhere.
  void drop_decision() {
    if (decision) decision->cancelled = true;
    decision.reset();
  }

  store::ExecutionRow row;
  execution::Execution execution;

  std::shared_ptr<LongDecision> decision;  ///< made elsewhere; until then nothing else is decided
  std::vector<What> deferred;              ///< what has come meanwhile, in its order
  std::size_t deferred_taken = 0;          ///< of those: decided in this turn

  std::vector<execution::Event> events;  ///< decided in this turn
  bool touched = false;                  ///< takes part in this turn
  bool created = false;                  ///< became active in this turn
  bool has_more = false;                 ///< is in the queue of those with something left to do
  bool stale = false;       ///< a commit failed: folded again from the store before the next use
  bool takes_long = false;  ///< its latest decision did: the next one is not tried in a turn
  bool of_client = false;   ///< Options::access bounds it
  int misfires = 0;         ///< turns in a row that could not be carried out
};

}  // namespace orch::engine
