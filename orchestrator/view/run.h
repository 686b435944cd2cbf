// One run with all that is known about it: its row, what its events say, who works on it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"
#include "orchestrator/view/limits.h"
#include "orchestrator/view/projection.h"

namespace orch::view {

/// The other run that one waits for.
struct Waiting {
  std::string run;                  ///< its id
  std::string name;                 ///< its name
  std::vector<std::string> claims;  ///< what both want
};

/// The children of a distributed Map, of all its map runs together.
struct Children {
  std::int64_t total = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;   ///< timed out too
  std::int64_t stopped = 0;  ///< ABORTED
};

/// A run with all that is known about it.
struct RunView {
  const store::ExecutionRow& row;
  const Overview& overview;
  std::span<const store::ProgressRow> progress;  ///< of its open tasks
  Instant now;
  /// The process that owns the store; empty: none, and a running run waits for the next orch.
  std::string owner = {};
  std::optional<Waiting> waiting = {};
  /// Its iterations, and runs that its tasks wait for, that are set aside by themselves.
  std::vector<store::ExecutionRow> parts_aside = {};
  std::map<std::string, Children> children = {};  ///< by the name of the Map state
  std::vector<TaskWait> task_waits = {};
  std::optional<store::HoldRow> held = {};  ///< by somebody, as this run alone

  /// When it ended, or now.
  Instant end() const { return row.ended_at.value_or(now); }
};

/// The words of `orch status` and its --only: "succeeded", "failed", "timed_out", "stopped",
/// "paused", "set_aside" (by the engine), "interrupted" (under way, and no process owns the store),
/// "waiting" (for another run), "running",
/// "damaged" (what the store holds of it is not what was written).
const char* status_word(const store::ExecutionRow& row, bool owned);
/// Under way, not paused, and no process owns the store: the next owner continues it.
bool interrupted(const store::ExecutionRow& row, bool owned);

/// The progress of the table's open task; null when none is reported.
const store::ProgressRow* progress_of(const TableLine& table,
                                      std::span<const store::ProgressRow> progress);

}  // namespace orch::view
