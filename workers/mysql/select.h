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

struct SelectPlan {
  std::string sql;                ///< the whole statement
  std::vector<data::Kind> kinds;  ///< of its columns
};

/// What reads the columns of `request` under `condition`.
SelectPlan select_plan(const data::Table& table, const data::ReadRequest& request,
                       const std::string& condition);

}  // namespace orch::mysql
