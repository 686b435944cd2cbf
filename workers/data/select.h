// Parts of SELECT statements that sources write alike.
#pragma once

#include <string>

#include "workers/data/source.h"

namespace orch::data {

/// " WHERE …", or nothing for an empty condition.
std::string where_clause(const std::string& condition);
/// Both conditions; either may be empty.
std::string both(const std::string& left, const std::string& right);

/// The column of that name, ASCII case aside. Throws TaskFailed "Source.ColumnMissing".
const Column& column_of(const Table& table, const std::string& name);

/// The rows of a watermark's range: `column`, `lower` and `upper` are SQL, the latter empty where
/// the range has no such bound. Empty: all rows.
std::string range_condition(const WatermarkRange& range, const std::string& column,
                            const std::string& lower, const std::string& upper);

}  // namespace orch::data
