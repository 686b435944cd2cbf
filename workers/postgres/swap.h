// Publishing by swapping the one partition of a partitioned table.
//
// A table that orch creates is a partitioned parent with a single default partition that holds the
// rows. A new load becomes that partition: indexes and constraints are built on the staging table
// before, and the exchange itself holds its lock for milliseconds. The parent stays: its OID,
// grants, views, policies and comments. TRUNCATE would be simpler and wrong: it is not MVCC-safe, a
// transaction with an older snapshot would see an empty table.
#pragma once

#include <chrono>

#include "orchestrator/db/pg.h"
#include "workers/publishing/swap.h"

namespace orch::postgres {

class PartitionSwap final : public publishing::Swap {
 public:
  /// `patience`: how long locks are waited for at all; 0: no end.
  PartitionSwap(pg::Connection& connection, std::chrono::milliseconds patience)
      : connection_(connection), patience_(patience) {}

  bool possible(const data::LoadPlan& plan, const publishing::TableFacts& target) override;
  void prepare(const data::LoadPlan& plan, const publishing::StagedLoad& staged,
               const publishing::TableFacts& target) override;
  bool create(const data::LoadPlan& plan) override;
  void exchange(const data::LoadPlan& plan, const publishing::StagedLoad& staged,
                const publishing::TableFacts& target, bool created) override;

 private:
  void refuse_older_snapshots(const data::LoadPlan& plan);

  pg::Connection& connection_;
  std::chrono::milliseconds patience_;
};

}  // namespace orch::postgres
