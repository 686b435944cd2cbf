// What keeps a store small, beside the engine that writes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// A run that has ended and is no part of another one.
struct EndedRun {
  ExecutionId id{};
  std::string run_id;
  std::string workflow;
  std::string pipeline;  ///< empty: it belongs to its workflow
  bool succeeded = false;
  Instant started_at;
  Instant ended_at;
};

/// A place among the fires of a pipeline, in the order of their times.
struct FirePlace {
  Instant at;
  std::string trigger;
  std::string key;
};

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

  /// Newest first, at most `limit`, of those behind `behind`.
  virtual std::vector<EndedRun> ended(const std::optional<std::pair<Instant, ExecutionId>>& behind,
                                      std::int64_t limit) = 0;
  /// The run and all that belongs to it: children of its map runs, executions that its tasks
  /// started, and theirs. The run itself is the first.
  virtual std::vector<ExecutionId> family(ExecutionId run) = 0;
  /// What the events, inputs and outputs of the runs take in the store, in bytes.
  virtual std::int64_t bytes(const std::vector<ExecutionId>& runs) = 0;
  /// Removes a run that ended at `ended_at` with all that belongs to it. The rest of a family goes
  /// by remove_parts(), also after a crash; none of it is found by then. False: it stays, because
  /// it or a part of it is under way, a run waits for it, it has the newest row of the store (whose
  /// number must not come again), or it has gone on since.
  virtual bool remove(ExecutionId run, Instant ended_at) = 0;
  /// Removes some runs whose family is removed. False: there are none.
  virtual bool remove_parts() = 0;

  /// Names of the pipelines that have fires, also of those that are removed.
  virtual std::vector<std::string> fired_pipelines() = 0;
  /// Looks at some fires of a pipeline behind `behind` and removes those whose run is removed, and
  /// those that have no run and were decided before `reasons_before`. Stay: what waits to be
  /// started; those of files, which tell that a file was loaded; and the newest of each trigger.
  /// Returns from where to go on; unset when nothing is left.
  virtual std::optional<FirePlace> remove_fires(const std::string& pipeline,
                                                const std::optional<FirePlace>& behind,
                                                Instant reasons_before) = 0;
  /// Removes outages that were over before then.
  virtual void remove_outages(Instant before) = 0;
  /// Removes definitions of which there is no run, no state machine and no revision of a pipeline,
  /// unless a distributed map is under way. Returns how many.
  virtual std::int64_t remove_definitions() = 0;
};

/// `url` must be of a store that this process owns.
std::unique_ptr<Housekeeping> open_housekeeping(const std::string& url);

}  // namespace orch::store
