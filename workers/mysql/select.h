// The statements that read rows.
#pragma once

#include <string>
#include <vector>

#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::mysql {

/// "`database`.`table`", or the query in brackets. Throws TaskFailed "Source.QueryFailed"
/// (ORCH-0431) when the author's query is not one, as condition_of() does for a condition.
std::string from_clause(const data::Relation& relation);

/// The query in brackets. Throws likewise.
std::string enclosed_query(const std::string& query);

/// The author's condition in brackets; empty for none.
std::string condition_of(const std::string& where);

/// " WHERE condition", or nothing.
std::string where_clause(const std::string& condition);

/// "left AND right", where either may be empty.
std::string both(const std::string& left, const std::string& right);

struct SelectPlan {
  std::string sql;                ///< the whole statement
  std::vector<data::Kind> kinds;  ///< of its columns
};

/// What reads the columns of `request` under `condition`.
SelectPlan select_plan(const data::Table& table, const data::ReadRequest& request,
                       const std::string& condition);

/// The column of `table`, whose names compare without case as the server's do. Throws TaskFailed
/// "Source.ColumnMissing".
const data::Column& column_of(const data::Table& table, const std::string& name);

}  // namespace orch::mysql
