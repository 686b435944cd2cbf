// Names in SQL.
#pragma once

#include <string>
#include <vector>

#include "workers/data/table.h"

namespace orch::postgres {

inline constexpr std::size_t longest_name = 63;  ///< bytes; NAMEDATALEN - 1

/// "schema"."name", or "name" alone for the search path.
std::string qualified(const data::TableName& table);
/// The name with its schema filled in: a target without one is in `public`.
data::TableName resolved(const data::TableName& table);
/// At most `bytes` of a name, whole characters.
std::string cut(const std::string& name, std::size_t bytes);
/// The table that holds the rows of a target published by swapping.
data::TableName rows_of(const data::TableName& target);
/// "a", "b", "c"
std::string list(const std::vector<std::string>& names);
std::string list(const std::vector<data::Column>& columns);

}  // namespace orch::postgres
