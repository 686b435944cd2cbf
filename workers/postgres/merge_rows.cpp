#include "workers/postgres/merge_rows.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/postgres/names.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

using data::Kind;

// Types whose equality is coarser than their bytes (1.0 and 1.00, '1 day' and '24 hours', strings
// of a loose collation), or that have none (json), are compared as text.
bool equality_is_exact(Kind kind) {
  switch (kind) {
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

class Merger {
 public:
  Merger(pg::Connection& connection, const data::LoadPlan& plan, const Described& target)
      : connection_(connection),
        plan_(plan),
        key_(plan.request.key_columns),
        target_(qualified(plan.request.target)),
        staging_(qualified(staging_of(plan.request.target))),
        overriding_(target.always_identity.empty() ? "" : " OVERRIDING SYSTEM VALUE") {}

  data::Published run() {
    data::Published published;
    published.method = "merge";
    const auto strategy = plan_.request.strategy;
    if (strategy == data::Strategy::append) {
      published.method = "insert";
      published.inserted = insert("");
    } else if (key_.empty()) {
      published.method = "delete-insert";
      published.deleted = execute("DELETE FROM " + target_);
      published.inserted = insert("");
    } else {
      refuse_repeated_keys();
      if (strategy == data::Strategy::replace)
        published.deleted =
            execute(fmt::format("DELETE FROM {} t WHERE NOT EXISTS (SELECT FROM {} s WHERE {})",
                                target_, staging_, same_key()));
      published.updated = update();
      published.inserted =
          insert(fmt::format(" WHERE NOT EXISTS (SELECT FROM {} t WHERE {})", target_, same_key()));
    }
    published.rows = connection_.exec(fmt::format("SELECT count(*) FROM {}", target_)).int64(0, 0);
    return published;
  }

 private:
  bool is_key(const data::Column& column) const {
    return std::find(key_.begin(), key_.end(), column.name) != key_.end();
  }

  std::string same_key() const {
    std::vector<std::string> same;
    for (const auto& column : key_) same.push_back(fmt::format("t.{0} = s.{0}", pg::quote(column)));
    return fmt::format("{}", fmt::join(same, " AND "));
  }

  std::int64_t update() {
    std::vector<std::string> assignments, differences;
    for (const auto& column : plan_.columns) {
      if (is_key(column)) continue;
      const auto name = pg::quote(column.name);
      const auto* form = equality_is_exact(column.kind) ? "t.{0} IS DISTINCT FROM s.{0}"
                                                        : "t.{0}::text COLLATE \"C\" IS DISTINCT "
                                                          "FROM s.{0}::text";
      assignments.push_back(fmt::format("{0} = s.{0}", name));
      differences.push_back(fmt::format(fmt::runtime(form), name));
    }
    if (assignments.empty()) return 0;
    return execute(fmt::format("UPDATE {} t SET {} FROM {} s WHERE {} AND ({})", target_,
                               fmt::join(assignments, ", "), staging_, same_key(),
                               fmt::join(differences, " OR ")));
  }

  std::int64_t insert(const std::string& where) {
    const auto columns = list(plan_.columns);
    return execute(fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {} s{}", target_, columns,
                               overriding_, list(plan_.columns, "s."), staging_, where));
  }

  void refuse_repeated_keys() {
    const auto repeated = connection_.exec(
        fmt::format("SELECT count(*) FROM (SELECT FROM {} GROUP BY {} HAVING count(*) > 1) r",
                    staging_, list(key_)));
    if (repeated.int64(0, 0) == 0) return;
    throw workers::TaskFailed("Merge.Conflict",
                              fmt::format("{}: {} keys come more than once in the staged rows",
                                          plan_.request.target.display(), repeated.int64(0, 0)),
                              "correct the key_columns of the catalog, or the source", "ORCH-0505");
  }

  std::int64_t execute(const std::string& sql) { return connection_.exec(sql).affected(); }

  pg::Connection& connection_;
  const data::LoadPlan& plan_;
  const std::vector<std::string>& key_;
  std::string target_;
  std::string staging_;
  std::string overriding_;
};

}  // namespace

data::Published merge_rows(pg::Connection& connection, const data::LoadPlan& plan,
                           const Described& target) {
  return Merger(connection, plan, target).run();
}

void advance_sequences(pg::Connection& connection, const Described& target) {
  const auto table = qualified(target.table.name);
  for (const auto& column : target.table.columns) {
    const auto sequence =
        connection.exec("SELECT pg_get_serial_sequence($1, $2)", {table, column.name})
            .optional(0, 0);
    if (!sequence) continue;
    connection.exec(fmt::format("SELECT setval({}, max({})) FROM {} HAVING max({}) > 0",
                                pg::literal(*sequence), pg::quote(column.name), table,
                                pg::quote(column.name)));
  }
}

}  // namespace orch::postgres
