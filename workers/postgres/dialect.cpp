#include "workers/postgres/dialect.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"
#include "workers/postgres/names.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {
namespace {

using data::Kind;

std::string hash_of(const std::string& text, std::size_t digits) {
  data::Digest hash;
  hash.add(text);
  return hash.hex().substr(0, digits);
}

class PostgresDialect final : public publishing::Dialect {
 public:
  std::string quote(std::string_view name) const override { return pg::quote(name); }
  std::string qualified(const data::TableName& table) const override {
    return postgres::qualified(table);
  }
  data::TableName stored(const data::TableName& table) const override { return resolved(table); }

  data::TableName staging(const data::TableName& target, const data::LoadId& load) const override {
    const auto mark = staging_mark(target);
    const auto own = hash_of(fmt::format("{}\n{}\n{}", load.store, load.id, load.fence), 8);
    // The hashes come first: names that the server makes of this one, and cuts, are as unique.
    const auto name = fmt::format("{}.{}.{}", own, mark, resolved(target).display());
    return {staging_schema, cut(name, longest_name)};
  }

  std::string bookkeeping(std::string_view table) const override {
    return fmt::format("orch.{}", table);
  }
  bool same_name(std::string_view left, std::string_view right) const override {
    return left == right;
  }

  std::string name_problem(std::string_view name) const override {
    if (name.size() <= longest_name) return {};
    return fmt::format("has {} bytes, and PostgreSQL keeps {} bytes", name.size(), longest_name);
  }
  std::string column_problem(std::string_view name) const override {
    if (name.empty()) return "is empty, which PostgreSQL does not allow";
    constexpr std::array system = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};
    if (std::find(system.begin(), system.end(), name) != system.end())
      return "is that of a system column of every table in PostgreSQL";
    return name_problem(name);
  }
  std::size_t most_columns() const override { return 1'600; }
  std::string table_problem(const data::TableName& table) const override {
    for (const auto& name : {table.schema, table.name})
      if (const auto problem = name_problem(name); !problem.empty())
        return fmt::format("the name \"{}\" {}", name, problem);
    if (table.schema == "orch" || table.schema == staging_schema)
      return fmt::format("the schema {} is reserved", table.schema);
    return {};
  }

  std::string now() const override { return "clock_timestamp()"; }

  std::string iso_time(const std::string& time) const override {
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')", time);
  }

  std::vector<std::pair<std::string, std::string>> load_columns(int parts) const override {
    return {{"frozen", parts == 1 ? "true" : "false"}, {"xid", "pg_current_xact_id()::xid::text"}};
  }

  // Types whose equality is coarser than their bytes (1.0 and 1.00, '1 day' and '24 hours', strings
  // of a loose collation), or that have none (json), are compared as text.
  bool equality_is_exact(const data::Column& column) const override {
    switch (column.kind) {
      case Kind::boolean:
      case Kind::int16:
      case Kind::int32:
      case Kind::int64:
      case Kind::bytes:
      case Kind::date:
      case Kind::time:
      case Kind::timestamp:
      case Kind::timestamptz:
      case Kind::uuid:
        return true;
      default:
        return false;
    }
  }

  data::SqlDialect rules() const override { return data::SqlDialect::postgresql; }
  const char* null_safe_equal() const override { return "IS NOT DISTINCT FROM"; }

  std::string null_of(const data::Column& column) const override {
    return fmt::format("CAST(NULL AS {})", type_sql(column.native, column.name));
  }

  std::string differs(const data::Column& column, const std::string& left,
                      const std::string& right) const override {
    return fmt::format("{} IS DISTINCT FROM {}", exact(column, left), exact(column, right));
  }

  std::string exact(const data::Column& column, const std::string& value) const override {
    return equality_is_exact(column) ? value : value + "::text COLLATE \"C\"";
  }

  // Every row that is deleted stays in the table until it is vacuumed.
  bool rewrites() const override { return false; }

  std::size_t terms() const override { return 10'000; }

  std::string index_staging(const data::TableName&,
                            const std::vector<std::string>&) const override {
    return {};  // the server hashes
  }

  std::string lock_writers(const std::string& rows) const override {
    return fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", rows);
  }

  const char* for_update_nowait() const override { return " FOR UPDATE NOWAIT"; }

  // Constraints that are not deferrable are looked at after each statement: so it is one.
  std::vector<std::string> exchange(const std::string& remove,
                                    const std::string& insert) const override {
    return {fmt::format("WITH gone AS ({} RETURNING 1) {}, (SELECT count(*) FROM gone) AS taken",
                        remove, insert)};
  }
};

}  // namespace

const publishing::Dialect& dialect() {
  static const PostgresDialect one;
  return one;
}

std::string staging_mark(const data::TableName& target) {
  const auto name = resolved(target);
  return hash_of(name.schema + '\0' + name.name, 16);
}

}  // namespace orch::postgres
