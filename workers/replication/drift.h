// Drift: the source's columns are no longer those of the last load that was published.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/catalog/entry.h"
#include "workers/data/target.h"

namespace orch::replication {

/// What is done about drift.
enum class DriftPolicy : std::uint8_t { refuse };

/// The source's side of a load, for the position in its evidence: {"relation": the table or a hash
/// of the query, "columns": names of all columns, also of those that are not copied}. The columns
/// that are copied, with their types, are in the plan request.
boost::json::object source_shape(const catalog::Entry& entry, const data::Table& source);

/// 16 hex digits of names, types, nullability and key of what is copied. An entry whose
/// "accepted_schema" has this value lets the columns through as they are now.
std::string schema_fingerprint(const data::PlanRequest& request);

/// What is different, for people, a sentence each: columns that are gone, new, of another type or
/// nullability, another key. Only columns that are or were copied count, and what the entry itself
/// asks for (other "columns", "exclude", table or query) does not. `source` has all columns.
std::vector<std::string> drift(const catalog::Entry& entry, const data::Table& source,
                               const data::PlanRequest& request, const data::PublishedRecord& last);

/// Throws TaskFailed "Schema.Drift" (ORCH-0520) with the differences and the ways on, unless there
/// are none or the entry accepts them. `last` may be unset: the first load of a table.
void check_drift(const catalog::Entry& entry, const data::Table& source,
                 const data::PlanRequest& request, const std::optional<data::PublishedRecord>& last,
                 DriftPolicy policy = DriftPolicy::refuse);

}  // namespace orch::replication
