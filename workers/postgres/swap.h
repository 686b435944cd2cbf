// Publishing by swapping the one partition of a partitioned table.
//
// A table that orch creates is a partitioned parent with a single default partition that holds the
// rows. A new load becomes that partition: indexes and constraints are built on the staging table
// before, and the exchange itself holds its lock for milliseconds. The parent stays: its OID,
// grants, views, policies and comments. What was the partition is kept, in the schema of staging
// tables, until the next load of the table begins. TRUNCATE would be simpler and wrong: it is not
// MVCC-safe, a transaction with an older snapshot would see an empty table.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/postgres/staged_indexes.h"
#include "workers/publishing/swap.h"

namespace orch::postgres {

class PartitionSwap final : public publishing::Swap {
 public:
  explicit PartitionSwap(pg::Connection& connection) : connection_(connection) {}

  bool possible(const data::LoadPlan& plan, const publishing::TableFacts& target) override;
  void prepare(const data::LoadPlan& plan, const publishing::StagedLoad& staged,
               bool exists) override;
  bool create(const data::LoadPlan& plan) override;
  std::string exchange(const data::LoadPlan& plan, const publishing::StagedLoad& staged,
                       bool created) override;
  bool held_by_idle_reader(const data::TableName& target) override;
  std::chrono::milliseconds pause_after(int attempt) const override;

  /// What prepare() has to build. `exists`: the target does.
  std::vector<StagedIndex> lacking(const data::LoadPlan& plan, const data::TableName& staging,
                                   bool exists);

 private:
  /// The statements that put `rows` aside, and what the bookkeeping says of it.
  std::vector<std::string> retire(const data::TableName& target, const data::TableName& rows);
  void refuse_older_snapshots(const data::LoadPlan& plan);

  pg::Connection& connection_;
  int attempts_ = 0;
};

}  // namespace orch::postgres
