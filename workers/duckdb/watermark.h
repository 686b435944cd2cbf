// Watermarks of DuckDB's tables, files and queries. All values of a column are of its type.
#pragma once

#include <string>

#include "workers/data/source.h"
#include "workers/duckdb/relations.h"

namespace orch::duckdb {

/// The condition of a range on `table`; empty: all rows. Throws TaskFailed
/// "Watermark.NotComparable" for a column whose values have no order that targets share.
std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range);

/// What the rows under `condition` say of the range's column.
data::WatermarkState look_at_watermark(Connection& connection, const Relation& relation,
                                       const data::WatermarkRange& range,
                                       const std::string& condition);

}  // namespace orch::duckdb
