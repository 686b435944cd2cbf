// The engine's side of a Map state in Mode DISTRIBUTED.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/machine/execution.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// A map run that is under way: a cache of what its children's rows say.
struct MapRun {
  /// What belongs to child `index`: items [first, last).
  struct Part {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  std::string name;             ///< "LABEL:UUID"
  std::string definition_hash;  ///< of the children
  bool batched = false;
  boost::json::object batch_input;
  std::vector<Part> parts;  ///< by child
  std::int64_t next = 0;    ///< the child to start next
  std::int64_t running = 0;
  std::int64_t failed = 0;
  std::int64_t most_running = 0;
  std::optional<std::int64_t> tolerated_count;  ///< unset, with the percentage too: none
  std::optional<double> tolerated_percentage;

  std::int64_t length() const { return static_cast<std::int64_t>(parts.size()); }
  bool may_start() const { return next < length() && running < most_running; }
  bool finished() const { return next == length() && running == 0; }
  /// Whether more children failed than the definition tolerates.
  bool exceeded() const;
};

/// Reads the plan that the MapRunStarted event holds; `items` is how many there are. Throws
/// asl::EvaluationError when the plan cannot be carried out.
MapRun read_plan(const machine::OpenTask& task, std::int64_t items);

/// The definition that the children of the Map state `state` run: its processor, standing alone.
std::string child_definition(const std::string& definition, const std::string& state);

}  // namespace orch::engine
