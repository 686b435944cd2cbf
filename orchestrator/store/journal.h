// What all runs have recorded, in the order in which it was committed: for readers who follow a
// whole store, and go on where they were after a restart.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::store {

/// The events of one run in one turn of the engine, or, once they are packed, in many: those of the
/// turns before then come again, at the position of the last.
struct JournalEntry {
  std::int64_t position = 0;  ///< grows from one to the next, over all runs and owners
  ExecutionId execution{};
  execution::EventId last = 0;
  std::string events;  ///< JSON, as written; empty: damaged, and Store::history() tells of it
};

/// A reader beside the owner. One thread at a time. Throws orch::Error (ORCH-02xx).
class Journal {
 public:
  virtual ~Journal() = default;
  /// The position of what was recorded last; 0: nothing was.
  virtual std::int64_t last() = 0;
  /// At most `limit` entries after a position; of one run alone where it is given.
  virtual std::vector<JournalEntry> read(std::int64_t after, std::int64_t limit,
                                         std::optional<ExecutionId> of = {}) = 0;
};

/// Throws Error ORCH-0208 when there is no store.
std::unique_ptr<Journal> open_journal(const std::string& url);

/// The entry's events, in order. Throws std::runtime_error for what is no list of events.
std::vector<execution::Event> events_of(const JournalEntry& entry);

}  // namespace orch::store
