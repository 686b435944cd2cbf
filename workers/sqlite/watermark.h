// The watermark of a table. SQLite lets every value have another storage class than its column's
// type suggests, and has no type for points in time: values compare in the one order that all of
// them have, or are counted as not comparable.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/source.h"
#include "workers/sqlite/range.h"

namespace orch::sqlite {

/// `operand`, SQL of a text that is a date or a timestamp with or without an offset, as a text that
/// sorts by time: "2024-01-01 10:00:00.5" in UTC (what has no offset is taken for UTC). SQL that
/// is NULL for everything else.
std::string point_in_time(const std::string& operand);

/// How the values of the column compare: "number", "text" or "timestamp" (points in time).
/// `state.order`, `nulls`, `not_comparable` and `example` are set, for the rows of `from` under
/// `author`, which is a Condition's SQL or empty.
data::WatermarkState look_at_values(Database& db, const data::Relation& from,
                                    const data::Table& table, const data::WatermarkRange& range,
                                    const std::string& author);

/// The rows of `range` among values of `order`, as a term; its parameters are appended. Empty for
/// all rows.
std::string watermark_term(const data::Relation& from, const data::WatermarkRange& range,
                           const std::string& order, std::vector<std::string>& parameters);

/// The largest value of the rows that meet `rows`, as watermark_term() takes it; unset for none.
std::optional<std::string> largest_value(Database& db, const data::Relation& from,
                                         const std::string& column, const std::string& order,
                                         const Condition& rows);

}  // namespace orch::sqlite
