// Definitions in memory, and executions of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/execution/execution.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// A cache of parsed definitions by store::definition_hash(). Belongs to the engine's thread.
class Workflows {
 public:
  using Workflow = std::shared_ptr<const asl::Workflow>;

  Workflows(store::Store& store, const Options& options) : store_(store), options_(options) {}

  /// Parsed already; null: it is not.
  Workflow known(const std::string& hash) const;
  /// Parsed from the store's text, when it is not yet.
  Workflow get(const std::string& hash);
  void keep(const std::string& hash, Workflow workflow);

  /// What the children of a distributed Map run.
  struct Child {
    std::string hash;
    std::string text;
    Workflow workflow;
  };
  /// Of the Map state `state` of a definition; made and parsed once, not for each map run.
  std::shared_ptr<const Child> child_of(const std::string& hash, const std::string& state);

  /// A run without history.
  execution::Execution blank(const store::ExecutionRow& row) { return blank(row, definition(row)); }
  execution::Execution blank(const store::ExecutionRow& row, Workflow workflow) const;
  /// A run as its history says. Throws Error ORCH-0206 when an event does not fit the definition.
  execution::Execution fold(const store::ExecutionRow& row) { return fold(row, definition(row)); }
  execution::Execution fold(const store::ExecutionRow& row, Workflow workflow);

  /// The activities that the run's definition names and that do not exist at `now`; null: all do.
  std::shared_ptr<const execution::ActivityNames> missing_activities(const store::ExecutionRow& row,
                                                                     Instant now);

 private:
  struct Known {
    Workflow workflow;
    std::vector<std::string> activities;  ///< that it names
  };
  Workflow definition(const store::ExecutionRow& row) { return get(row.made.definition_hash); }
  bool exists(const std::string& activity, Instant now);

  store::Store& store_;
  const Options& options_;
  std::unordered_map<std::string, Known> all_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Child>> children_;
  std::unordered_map<std::string, bool> exists_;  ///< activities, as asked at asked_at_
  Instant asked_at_{};
};

}  // namespace orch::engine
