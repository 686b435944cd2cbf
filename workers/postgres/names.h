// Names in SQL.
#pragma once

#include <string>
#include <vector>

#include "workers/data/table.h"

namespace orch::postgres {

/// "schema"."name", or "name" alone for the search path.
std::string qualified(const data::TableName& table);
/// The name with its schema filled in: a target without one is in `public`.
data::TableName resolved(const data::TableName& table);
/// The staging table of a target: in the schema orch_stage, with a name of at most 63 bytes that no
/// other target has.
data::TableName staging_of(const data::TableName& target);
/// The table that holds the rows of a target published by swapping.
data::TableName rows_of(const data::TableName& target);
/// "a", "b", "c"
std::string list(const std::vector<std::string>& names);
std::string list(const std::vector<data::Column>& columns, const std::string& prefix = "");

}  // namespace orch::postgres
