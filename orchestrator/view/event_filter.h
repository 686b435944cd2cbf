// Which events of a history are about a table, about a state, or tell of a failure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "orchestrator/execution/event.h"

namespace orch::view {

/// All that is set must hold.
struct EventChoice {
  std::string table;  ///< metadata key; empty: of any
  std::string state;  ///< name; empty: of any
  bool failures = false;
};

/// Reads a history in order, for a table twice: only a task names the table, and what came before
/// it in the same iteration belongs to it as well.
class EventFilter {
 public:
  explicit EventFilter(EventChoice choice) : choice_(std::move(choice)) {}

  /// learn() must be given all events before takes().
  bool must_learn() const { return !choice_.table.empty(); }
  void learn(const execution::Event& event);
  bool takes(const execution::Event& event);

 private:
  std::string state_of(const execution::Event& event);
  bool of_table(execution::Thread thread, const std::string& state) const;

  EventChoice choice_;
  std::map<execution::EventId, execution::Thread> owners_;  ///< of Map and Parallel, by their entry
  std::set<execution::Thread> threads_;                     ///< that work on the table
  std::set<std::string> states_;                            ///< outside any iteration, likewise
  std::map<execution::Thread, std::string> at_;             ///< the state each thread is in
};

}  // namespace orch::view
