// The watermark of a table, as a source's snapshot shows it.
#pragma once

#include <string>

#include "orchestrator/db/pg.h"
#include "workers/data/source.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// The rows of `range`, with its bounds as literals of the column's own type; empty for all rows.
/// Throws TaskFailed "Watermark.NotComparable" (ORCH-0521) as data::check_order() does, and for a
/// column of `table` whose type has no order.
std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range);

/// Looks at the watermark of `request` in the connection's transaction. `condition`, which may be
/// empty, is the author's.
data::WatermarkState look_at_watermark(pg::Connection& connection, const data::Table& table,
                                       const data::ReadRequest& request, const std::string& from,
                                       const std::string& condition);

}  // namespace orch::postgres
