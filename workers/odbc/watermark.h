// The watermark of a table.
#pragma once

#include <optional>
#include <string>

#include "workers/data/source.h"
#include "workers/odbc/session.h"

namespace orch::odbc {

/// The rows of `range`, as SQL; empty for all. Columns of numbers and of points in time have an
/// order that every database shares; texts compare by a collation that the target does not have,
/// and are refused (Watermark.NotComparable).
std::string watermark_condition(const Session& session, const data::Table& table,
                                const data::WatermarkRange& range);

/// What is found of the watermark under the author's condition.
data::WatermarkState look_at_watermark(Session& session, const data::Table& table,
                                       const data::ReadRequest& request,
                                       const std::string& condition);

/// The largest value of a column, spelled as WatermarkState::upto; unset for no rows. `from` and
/// `condition` are SQL.
std::optional<std::string> largest_value(Session& session, const data::Column& column,
                                         const std::string& from, const std::string& condition);

}  // namespace orch::odbc
