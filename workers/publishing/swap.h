// Exchanging a whole table at once, for databases that can.
#pragma once

#include "workers/publishing/bookkeeping.h"

namespace orch::publishing {

class Swap {
 public:
  virtual ~Swap() = default;
  /// True when `target` is one that orch made to be exchanged, nothing of it would be lost, and
  /// nothing that watches its rows (triggers, publications, foreign keys) would miss the change.
  virtual bool possible(const data::LoadPlan& plan, const TableFacts& target) = 0;
  /// Builds on the staging table what the target demands, in a transaction of its own: no reader
  /// waits for it. `exists`: the target does, else it is made with the publish.
  virtual void prepare(const data::LoadPlan& plan, const StagedLoad& staged, bool exists) = 0;
  /// Creates the target with no rows, ready to be exchanged; false when its columns allow none.
  virtual bool create(const data::LoadPlan& plan) = 0;
  /// The statements that make the staged rows the table's; the last ones of the caller's
  /// transaction, so that the locks they take are held for no longer than the commit takes.
  /// `created`: the table was made with this publish. Throws data::DatabaseError (locked) when
  /// older readers would see no rows.
  virtual std::string exchange(const data::LoadPlan& plan, const StagedLoad& staged,
                               bool created) = 0;
  /// True when a reader who keeps `target` from being exchanged idles in its transaction, where it
  /// may stay for hours. Not in a transaction.
  virtual bool held_by_idle_reader(const data::TableName& target) = 0;
  /// How long to wait after try `attempt` (from 1) for readers failed: others who come must not
  /// spend their time behind ours.
  virtual std::chrono::milliseconds pause_after(int attempt) const = 0;
};

}  // namespace orch::publishing
