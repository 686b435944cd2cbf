// The input of one child of a map run, when its ItemSelector takes long.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "orchestrator/asl/failure.h"
#include "orchestrator/engine/long_decision.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

/// Evaluated from a copy of the parent, which serves the next item as well: what an ItemSelector
/// sees does not change while its map run is under way.
struct ItemSelection final : LongWork {
  ItemSelection(store::ExecutionId parent, execution::Execution the_copy)
      : LongWork(parent), copy(std::move(the_copy)) {}
  void make() override;

  execution::Execution copy;
  execution::Moment moment;
  execution::Ticket ticket{};
  std::int64_t index = 0;
  std::optional<json::Payload> item;  ///< from outside; no other thread has a copy

  /// The result, or why the Map fails.
  std::optional<json::Payload> input;
  std::optional<asl::Failure> refused;

  // Of the engine's thread.
  bool under_way = false;  ///< until the result is taken
  bool done = false;       ///< it has been told that the result is there
};

}  // namespace orch::engine
