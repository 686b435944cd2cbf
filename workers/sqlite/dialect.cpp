#include "workers/sqlite/dialect.h"

#include <fmt/format.h>

#include "workers/sqlite/declared_type.h"
#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

class SqliteDialect final : public publishing::Dialect {
 public:
  std::string quote(std::string_view name) const override { return sqlite::quote(name); }
  std::string qualified(const data::TableName& table) const override {
    return "main." + sqlite::quote(table.name);
  }
  data::TableName stored(const data::TableName& table) const override {
    return {sqlite::same_name(table.schema, "main") ? "" : table.schema, table.name};
  }
  // One transaction at a time writes: late loads wait, and are fenced off.
  data::TableName staging(const data::TableName& target, const data::LoadId&) const override {
    return {"", staging_name(target.name)};
  }
  std::string bookkeeping(std::string_view table) const override {
    return fmt::format("main.orch_{}", table);
  }
  bool same_name(std::string_view left, std::string_view right) const override {
    return sqlite::same_name(left, right);
  }

  std::string name_problem(std::string_view name) const override {
    return name.find('\0') == std::string_view::npos ? "" : "holds a NUL character";
  }
  /// SQLITE_MAX_COLUMN, unless it was changed.
  std::size_t most_columns() const override { return 2'000; }
  std::string table_problem(const data::TableName& table) const override {
    if (!table.schema.empty())
      return fmt::format("no schema \"{}\" (a SQLite file has main only)", table.schema);
    if (const auto problem = name_problem(table.name); !problem.empty())
      return "the table's name " + problem;
    return reserved(table.name) ? fmt::format("the name {} is reserved", table.name) : "";
  }

  std::string now() const override { return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"; }
  std::string iso_time(const std::string& time) const override { return time; }
  std::vector<std::pair<std::string, std::string>> load_columns(int) const override { return {}; }

  bool equality_is_exact(const data::Column& column) const override {
    return affinity_of(column.native.shown()) == Affinity::integer;
  }
  data::SqlDialect rules() const override { return data::SqlDialect::sqlite; }
  const char* null_safe_equal() const override { return "IS"; }
  std::string null_of(const data::Column&) const override { return "NULL"; }
  // Binary comparison, for a column's own collation may take 'a' and 'A' for the same.
  std::string differs(const data::Column&, const std::string& left,
                      const std::string& right) const override {
    return fmt::format("{0} IS NOT {1} COLLATE BINARY OR typeof({0}) <> typeof({1})", left, right);
  }
  std::string exact(const data::Column&, const std::string& value) const override {
    return fmt::format("{0} COLLATE BINARY, typeof({0})", value);
  }
  // After an INSERT … SELECT, RETURNING gives the integer that a whole number of a REAL column is
  // stored as (SQLite 3.40).
  std::string returned(const data::Column& column) const override {
    const auto name = quote(column.name);
    if (affinity_of(column.native.shown()) != Affinity::real) return name;
    return fmt::format("CASE typeof({0}) WHEN 'real' THEN CAST({0} AS REAL) ELSE {0} END", name);
  }
  // A table is emptied by freeing its pages.
  bool rewrites() const override { return true; }
  /// Expressions may nest 1000 deep, and `a OR b OR …` nests once a term.
  std::size_t terms() const override { return 100; }

  // Without an index, the rows that are gone would each look through all that are staged.
  std::string index_staging(const data::TableName& staging,
                            const std::vector<std::string>& key) const override {
    return fmt::format("CREATE INDEX main.{} ON {} ({})", sqlite::quote(staging.name + "__key"),
                       sqlite::quote(staging.name), list(*this, key));
  }
  std::string lock_writers(const std::string&) const override { return {}; }
  const char* for_update_nowait() const override { return ""; }
  std::vector<std::string> exchange(const std::string& remove,
                                    const std::string& insert) const override {
    return {remove, insert};
  }
};

}  // namespace

const publishing::Dialect& dialect() {
  static const SqliteDialect one;
  return one;
}

}  // namespace orch::sqlite
