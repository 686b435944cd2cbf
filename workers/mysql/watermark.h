// The watermark of a table.
#pragma once

#include <string>

#include "orchestrator/db/mysql.h"
#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::mysql {

/// The rows of `range`, as SQL; empty for all. Columns of numbers and of points in time have an
/// order that every database shares; texts compare by a collation that the target does not have,
/// and are refused (Watermark.NotComparable).
std::string watermark_condition(const data::Table& table, const data::WatermarkRange& range);

/// What is found of the watermark under the author's condition.
data::WatermarkState look_at_watermark(Connection& connection, const data::Table& table,
                                       const data::ReadRequest& request,
                                       const std::string& condition);

/// SQL of the column, spelled as WatermarkState::upto is.
std::string watermark_text(const data::Column& column);

}  // namespace orch::mysql
