// The statements that read rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workers/data/source.h"
#include "workers/odbc/session.h"
#include "workers/odbc/types.h"

namespace orch::odbc {

/// "schema"."table", or the query in brackets. Throws TaskFailed "Source.QueryFailed" (ORCH-0431)
/// when the author's query is not one, as condition_of() does for a condition.
std::string from_clause(const Session& session, const data::Relation& relation);

/// The query in brackets. Throws likewise.
std::string enclosed_query(const Session& session, const std::string& query);

/// The author's condition in brackets; empty for none.
std::string condition_of(const Session& session, const std::string& where);

/// Columns that are read in pieces come last in the statement: `place` says where a column of the
/// request is in it.
struct SelectPlan {
  std::string sql;
  std::vector<Plan> columns;        ///< in the order of the statement
  std::vector<std::string> names;   ///< likewise
  std::vector<std::size_t> places;  ///< of the request's columns
};

/// What reads the first row alone, where the dialect can say so.
std::string first_row(const Session& session, const std::string& columns, const std::string& from,
                      const std::string& condition);

/// `sql` with `with` for every `place`.
std::string replaced(std::string_view sql, std::string_view place, const std::string& with);

SelectPlan select_plan(const Session& session, const data::Table& table,
                       const data::ReadRequest& request, const std::string& condition);

}  // namespace orch::odbc
