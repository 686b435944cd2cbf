// What a server says about its tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/mysql.h"
#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::mysql {

/// Tables and views of `database`, or of all databases of users when it is empty; names have their
/// database as schema only then.
std::vector<data::Listed> list_relations(Connection& connection, const std::string& database);

/// The databases of users.
std::vector<std::string> list_databases(Connection& connection);

/// The table or view as the server spells it, with the database it is in as its schema, or nothing.
std::optional<data::Table> describe_table(Connection& connection, const data::TableName& name,
                                          const std::string& database);

/// Columns of a query, which is in brackets already and is not run.
data::Table describe_query(Connection& connection, const std::string& query);

/// "`database`.`table`", or the table alone.
std::string qualified(const data::TableName& name);

}  // namespace orch::mysql
