// What a database says about its tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::sqlite {

/// A table or view with what only SQLite knows of it.
struct Described {
  data::Table table;
  bool view = false;         ///< a view or a virtual table: rows cannot be loaded into it
  bool strict = false;       ///< a STRICT table: values must be of the declared type
  std::string rowid;         ///< a name of its rowid that no column hides; empty: it has none
  std::vector<bool> needed;  ///< of each column: NOT NULL without a default
};

/// Table or view `name` of the main database; unset when there is none. Columns of an ANY type in a
/// STRICT table have an empty native type, which means the same in tables that are not strict.
std::optional<Described> describe_table(Database& db, const std::string& name);

/// The collation of a column; empty when there is no such table or column.
std::string collation_of(Database& db, const std::string& table, const std::string& column);

/// The columns of `query`. Throws Error when it is not one SELECT, and like authors_sql().
data::Table describe_query(Database& db, const std::string& query);

/// Tables and views of the file, without those of SQLite and of orch, in order.
std::vector<data::Listed> list_relations(Database& db);

/// A query or condition of the catalog's author in brackets. Throws TaskFailed "Source.QueryFailed"
/// (ORCH-0431) when it is not one.
std::string authors_sql(const std::string& sql, std::string what);

/// `SELECT * FROM` this: a quoted table, or a query in parentheses.
std::string from_clause(const data::Relation& relation);

/// `column` of the relation, with the relation's name before it: alone, SQLite would take a quoted
/// name that no column has for a text.
std::string qualified(const data::Relation& relation, const std::string& column);

}  // namespace orch::sqlite
