// Conditions: the author's, and the range of a watermark.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::sqlite {

/// SQL that starts with " WHERE", or nothing, and its parameters ?1, ?2, …
struct Condition {
  std::string sql;
  std::vector<std::string> parameters;

  void bind(Statement& statement) const;
};

/// Rows of `from` that meet `where` and lie in `range`, whose column is one of `columns`. Bounds
/// compare as values of the column: as numbers where it holds numbers; timestamps whether their
/// text has a T or a blank in the middle and zeros at the end or not.
Condition condition(Database& db, const data::Relation& from,
                    const std::vector<data::Column>& columns, const std::string& where,
                    const std::optional<data::WatermarkRange>& range);

/// Largest value of `column`, as text that condition() takes; unset for no rows or only NULLs.
std::optional<std::string> largest(Database& db, const data::Relation& from,
                                   const std::string& column, const std::string& where);

}  // namespace orch::sqlite
