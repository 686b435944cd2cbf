// What keeps a store small, beside the engine that writes it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// A further connection of the process that owns the store. Each call is one short transaction, so
/// that the engine's commits wait for milliseconds at most. One thread at a time. All functions
/// throw orch::Error (ORCH-02xx) on trouble; what they were to do is then not done, and can be
/// tried again.
class Housekeeping {
 public:
  virtual ~Housekeeping() = default;

  /// Packs some 2 MB of the first run after `after` that ended before `ended_before` and is not
  /// packed: its events become one text, its input and output are kept once by their content.
  /// What is read stays the same, and a resume goes on after it. Returns from where to go on; unset
  /// when nothing is left. A damaged run is left as it is.
  virtual std::optional<ExecutionId> pack(ExecutionId after, Instant ended_before) = 0;
  /// Gives at most `pages` free pages back to the file system. False: none are left but those that
  /// the next runs are likely to need (a quarter of the file), or the store was made by a version
  /// whose files never shrink.
  virtual bool give_back(std::int64_t pages) = 0;
};

/// `url` must be of a store that this process owns.
std::unique_ptr<Housekeeping> open_housekeeping(const std::string& url);

}  // namespace orch::store
