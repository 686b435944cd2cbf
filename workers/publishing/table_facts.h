// What publishing must know of a table that exists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workers/data/table.h"

namespace orch::publishing {

/// Columns of which no two rows hold the same values.
struct UniqueKey {
  std::string name;  ///< of the constraint or index
  std::vector<std::string> columns;
  bool nullable = false;    ///< rows with a NULL in it are all distinct
  bool deferrable = false;  ///< looked at when the statements of the publish are done
};

/// A foreign key of another table whose ON DELETE action the database carries out by itself.
struct Cascade {
  std::string constraint;
  std::string table;                    ///< as SQL
  std::string action;                   ///< "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"
  std::vector<std::string> columns;     ///< of the other table
  std::vector<std::string> referenced;  ///< of this one
};

/// A foreign key.
struct Link {
  data::TableName child;
  data::TableName parent;
};

struct TableFacts {
  data::Table table;
  std::string state;       ///< as LoadPlan::target_state
  std::string rows;        ///< SQL that names exactly its own rows: "ONLY x" in PostgreSQL
  std::string row_id;      ///< a column that identifies a row for one statement; empty: none
  std::string overriding;  ///< what INSERT says to fill identity columns: " OVERRIDING …", or empty
  std::vector<std::string> fixed;  ///< columns that UPDATE may not name
  std::vector<UniqueKey> unique;   ///< the primary key first
  std::vector<Cascade> cascades;
  bool indexed = false;                ///< has indexes other than that of the primary key
  std::vector<std::string> rewriters;  ///< "trigger audit", "rule r": what may change rows
};

/// What plans rest on, as 32 hex digits: the columns of `table` with all that a plan asks of them,
/// and its kind in the words of its database.
std::string state_of(const data::Table& table, std::string_view kind);

}  // namespace orch::publishing
