// How one kind of database spells what publishing says.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/data/expression.h"
#include "workers/data/target.h"

namespace orch::publishing {

/// Pure: answers with SQL and never asks the database.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string quote(std::string_view name) const = 0;
  /// A table in SQL, with its schema where there is one.
  virtual std::string qualified(const data::TableName& table) const = 0;
  /// The name as the database keeps it: the schema filled in, or left out.
  virtual data::TableName stored(const data::TableName& table) const = 0;
  /// Where the rows of `load` (as it was staged) wait for their publish. Where several loads may
  /// write at once, each has a table of its own: who comes late cannot write into its successor's.
  virtual data::TableName staging(const data::TableName& target,
                                  const data::LoadId& load) const = 0;
  /// Tables of the bookkeeping, as SQL: "load", "evidence", "fence".
  virtual std::string bookkeeping(std::string_view table) const = 0;
  /// True when both name the same column.
  virtual bool same_name(std::string_view left, std::string_view right) const = 0;
  /// Why no table or column can have this name; empty when one can.
  virtual std::string name_problem(std::string_view name) const = 0;
  /// Why no column can have this name, although a table may.
  virtual std::string column_problem(std::string_view name) const { return name_problem(name); }
  /// How many columns a table may have.
  virtual std::size_t most_columns() const = 0;
  /// Why the load cannot go to this table, from its name alone; empty when it can.
  virtual std::string table_problem(const data::TableName& table) const = 0;

  /// The time of the database, as the bookkeeping keeps it.
  virtual std::string now() const = 0;
  /// A time of the bookkeeping as ISO 8601 in UTC, with milliseconds.
  virtual std::string iso_time(const std::string& time) const = 0;
  /// Columns of the load row that only this database has, with their SQL.
  virtual std::vector<std::pair<std::string, std::string>> load_columns(int parts) const = 0;

  /// True when values of the column that are equal to its key are the same to the byte.
  virtual bool equality_is_exact(const data::Column& column) const = 0;
  /// Whose rules of quotes and comments hold in what authors write.
  virtual data::SqlDialect rules() const = 0;
  /// The operator by which NULL equals NULL and all else is as by "=".
  virtual const char* null_safe_equal() const = 0;
  /// A NULL of the column's type.
  virtual std::string null_of(const data::Column& column) const = 0;
  /// Condition: two values of `column` are not the same to the byte; NULL is a value.
  virtual std::string differs(const data::Column& column, const std::string& left,
                              const std::string& right) const = 0;
  /// What to group by so that only values which are the same to the byte fall together.
  virtual std::string exact(const data::Column& column, const std::string& value) const = 0;
  /// All rows of a table without further indexes are written anew for less than it costs to compare
  /// them, and in no more space.
  virtual bool rewrites() const = 0;
  /// What RETURNING names so that the column's value comes as a SELECT would read it.
  virtual std::string returned(const data::Column& column) const { return quote(column.name); }
  /// How many terms of an OR may stand in one pair of brackets.
  virtual std::size_t terms() const = 0;

  /// What to run on the staging table before rows are matched by `key`; empty: nothing.
  virtual std::string index_staging(const data::TableName& staging,
                                    const std::vector<std::string>& key) const = 0;
  /// What keeps other writers (not readers) off `rows` until the end of the transaction; empty
  /// where one writer at a time is the rule.
  virtual std::string lock_writers(const std::string& rows) const = 0;
  /// What a SELECT ends in that takes its rows for this transaction, or fails at once where others
  /// have them; empty where one transaction writes at a time.
  virtual const char* for_update_nowait() const = 0;
  /// Statements that run `remove` (a DELETE) and then `insert` (an INSERT … SELECT without WHERE)
  /// so that no constraint is looked at in between.
  virtual std::vector<std::string> exchange(const std::string& remove,
                                            const std::string& insert) const = 0;
};

/// "a", "b" – quoted, each with `prefix` before it.
std::string list(const Dialect& dialect, const std::vector<std::string>& names,
                 const std::string& prefix = "");
std::string list(const Dialect& dialect, const std::vector<data::Column>& columns,
                 const std::string& prefix = "");

/// The column of that name; null when there is none.
const data::Column* find_column(const Dialect& dialect, const std::vector<data::Column>& columns,
                                std::string_view name);
bool contains(const Dialect& dialect, const std::vector<std::string>& names, std::string_view name);

/// `conditions` joined by OR, in nested brackets where there are many.
std::string any_of(const Dialect& dialect, const std::vector<std::string>& conditions);

}  // namespace orch::publishing
