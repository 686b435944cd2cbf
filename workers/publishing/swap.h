// Exchanging a whole table at once, for databases that can.
#pragma once

#include "workers/publishing/bookkeeping.h"

namespace orch::publishing {

class Swap {
 public:
  virtual ~Swap() = default;
  /// True when `target` is one that orch made to be exchanged, nothing of it would be lost, and
  /// nobody who watches its rows (triggers, publications, foreign keys) would miss the change.
  virtual bool possible(const data::LoadPlan& plan, const TableFacts& target) = 0;
  /// Builds on the staging table what the target demands, in a transaction of its own: no reader
  /// waits for it.
  virtual void prepare(const data::LoadPlan& plan, const StagedLoad& staged,
                       const TableFacts& target) = 0;
  /// Creates the target with no rows, ready to be exchanged; false when its columns allow none.
  virtual bool create(const data::LoadPlan& plan) = 0;
  /// Makes the staged rows the table's, inside the caller's transaction. `created`: it was made
  /// with this publish. Throws TaskFailed "Merge.Busy" when older readers would see no rows.
  virtual void exchange(const data::LoadPlan& plan, const StagedLoad& staged,
                        const TableFacts& target, bool created) = 0;
};

}  // namespace orch::publishing
