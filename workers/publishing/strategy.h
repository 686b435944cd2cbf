// What the strategies do to rows: one file each. What they promise: workers/data/strategy.h.
#pragma once

#include <cstdint>

#include "workers/publishing/row_merge.h"

namespace orch::publishing {

class RowStrategy {
 public:
  virtual ~RowStrategy() = default;
  /// How many rows a table of `before` rows will have.
  virtual std::int64_t rows_after(RowMerge& merge, std::int64_t before) const = 0;
  virtual Changes apply(RowMerge& merge) const = 0;
  /// apply() in two steps, for tables that refer to each other: what comes or changes, then what
  /// goes.
  virtual Changes add(RowMerge& merge) const { return apply(merge); }
  virtual void remove(RowMerge&, Changes&) const {}
};

const RowStrategy& strategy_of(data::Strategy strategy);
/// The session's own way, where it has one.
const RowStrategy& strategy_of(Session& session, data::Strategy strategy);

// What strategy_of() chooses from.
const RowStrategy& replace_strategy();
const RowStrategy& upsert_strategy();
const RowStrategy& append_strategy();

/// How many rows are staged.
std::int64_t staged_rows(RowMerge& merge);
/// How many of them have a key that the table does not have.
std::int64_t new_keys(RowMerge& merge);

}  // namespace orch::publishing
