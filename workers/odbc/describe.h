// What a server says about its tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/data/source.h"
#include "workers/data/table.h"
#include "workers/odbc/session.h"

namespace orch::odbc {

std::vector<data::Listed> list_relations(Session& session);
std::vector<std::string> list_schemas(Session& session);

/// The table or view as the server spells it, or nothing.
std::optional<data::Table> describe_table(Session& session, const data::TableName& name);

/// Columns of a query, which is in brackets already and is not run.
data::Table describe_query(Session& session, const std::string& query);

}  // namespace orch::odbc
