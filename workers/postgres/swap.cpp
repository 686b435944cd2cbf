#include "workers/postgres/swap.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "workers/postgres/dialect.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/leftovers.h"
#include "workers/postgres/names.h"
#include "workers/postgres/session.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {
namespace {

bool can_be_key(const data::Column& column) {
  using data::Kind;
  switch (column.kind) {
    case Kind::json:
    case Kind::any:
    case Kind::other:
      return false;
    default:
      return true;
  }
}

/// How long a reader idles in its transaction before it counts as one who stays.
constexpr const char* idle = "5 s";

// True for a table that orch made and that was not rearranged: its one partition is the default
// one, has the name that orch gives it, and the evidence says that loads were swapped in. Then,
// whether a subscriber or a foreign key would miss the exchange.
constexpr const char* possible_sql = R"sql(
  SELECT count(*) = 1
     AND bool_and(c.relname = $2 AND n.nspname = $3 AND pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')
     AND EXISTS (SELECT FROM orch.evidence
                  WHERE table_schema = $3 AND table_name = $4 AND method = 'swap')
     AND NOT EXISTS (SELECT FROM pg_constraint
                      WHERE confrelid = to_regclass($1) AND contype = 'f')
     AND NOT EXISTS (SELECT FROM pg_publication_tables
                      WHERE schemaname = $3 AND tablename IN ($2, $4))
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE i.inhparent = to_regclass($1))sql";

// An exchange that waits for a reader holds up all who come after it. Each try waits for a short
// time, and the pause after it is twenty times as long: others spend less than 5 % of their time
// behind one that does not end.
constexpr std::chrono::milliseconds longest_wait{200};
constexpr int pauses = 20;
// None of them depends on how many rows there are: what takes longer hangs, and gives up its locks.
constexpr std::chrono::seconds longest_statement{10};

std::chrono::milliseconds wait_of(int attempt) {
  return std::min(attempt * longest_wait / 4, longest_wait);
}

std::string create_parent_sql(const data::LoadPlan& plan) {
  const auto& key = plan.request.key_columns;
  const data::Column* partition_key = nullptr;
  std::string columns;
  for (const auto& column : plan.columns) {
    const bool in_key = std::find(key.begin(), key.end(), column.name) != key.end();
    if (!partition_key && can_be_key(column) && (in_key || key.empty())) partition_key = &column;
    columns +=
        fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", pg::quote(column.name),
                    type_sql(column.native, column.name), column.nullable ? "" : " NOT NULL");
  }
  if (!partition_key) return {};
  if (!key.empty()) columns += fmt::format(", PRIMARY KEY ({})", list(key));
  return fmt::format("CREATE TABLE {} ({}) PARTITION BY RANGE ({})", qualified(plan.request.target),
                     columns, pg::quote(partition_key->name));
}

}  // namespace

bool PartitionSwap::possible(const data::LoadPlan& plan, const publishing::TableFacts& target) {
  if (!target.rewriters.empty()) return false;
  for (const auto& column : target.table.columns)
    if (!column.generated && !find_column(dialect(), plan.columns, column.name)) return false;
  return classified([&] {
    const auto rows = rows_of(target.table.name);
    return connection_
        .exec(possible_sql,
              {qualified(target.table.name), rows.name, rows.schema, target.table.name.name})
        .boolean(0, 0);
  });
}

std::vector<StagedIndex> PartitionSwap::lacking(const data::LoadPlan& plan,
                                                const data::TableName& staging, bool exists) {
  return classified([&]() -> std::vector<StagedIndex> {
    if (exists)
      return lacking_indexes(connection_, qualified(staging), qualified(plan.request.target));
    if (create_parent_sql(plan).empty()) return {};
    return lacking_key(connection_, qualified(staging), plan.request.key_columns);
  });
}

// What was built while the rows were read back is not built again.
void PartitionSwap::prepare(const data::LoadPlan& plan, const publishing::StagedLoad& staged,
                            bool exists) {
  const auto lacking_now = lacking(plan, staged.staging, exists);
  if (!exists && lacking_now.empty()) return;
  classified([&] {
    pg::Transaction transaction(connection_);
    build(connection_, lacking_now);
    if (exists) complete(connection_, qualified(staged.staging), qualified(plan.request.target));
    transaction.commit();
  });
}

bool PartitionSwap::create(const data::LoadPlan& plan) {
  return classified([&] {
    const auto sql = create_parent_sql(plan);
    if (sql.empty()) return false;
    ensure_schema(connection_, plan.request.target.schema);
    connection_.exec(sql);
    return true;
  });
}

std::string PartitionSwap::exchange(const data::LoadPlan& plan,
                                    const publishing::StagedLoad& staged, bool created) {
  return classified([&] {
    if (!created) refuse_older_snapshots(plan);
    const auto& target = plan.request.target;
    const auto parent = qualified(target);
    const auto rows = rows_of(target);
    auto sql = fmt::format("SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = '{}s'",
                           wait_of(++attempts_).count(), longest_statement.count());
    const auto then = [&](const std::string& statement) { sql += "; " + statement; };
    if (!created) {
      for (const auto& statement : retire(target, rows)) then(statement);
    }
    then(fmt::format("ALTER TABLE {} SET SCHEMA {}", qualified(staged.staging),
                     pg::quote(rows.schema)));
    then(fmt::format("ALTER TABLE {} RENAME TO {}", qualified({rows.schema, staged.staging.name}),
                     pg::quote(rows.name)));
    then(fmt::format("ALTER TABLE {} ATTACH PARTITION {} DEFAULT", parent, qualified(rows)));
    then(refuse_while_tables_are_listed());
    return sql;
  });
}

// The version that it replaces stays, under a name of its own in the schema of staging tables; the
// one before that goes. Its indexes take names that are its own, too: two tables of two schemas
// may have made them with one.
std::vector<std::string> PartitionSwap::retire(const data::TableName& target,
                                               const data::TableName& rows) {
  const auto previous = previous_of(target);
  connection_.exec("DELETE FROM orch.previous WHERE table_schema = $1 AND table_name = $2",
                   {target.schema, target.name});
  connection_.exec(
      "INSERT INTO orch.previous (table_schema, table_name, relation, load_id) SELECT $1, $2, $3, "
      "(SELECT load_id FROM orch.evidence WHERE table_schema = $1 AND table_name = $2 "
      "ORDER BY published_at DESC, fence DESC LIMIT 1)",
      {target.schema, target.name, previous.name});
  std::vector<std::string> statements{
      "DROP TABLE IF EXISTS " + qualified(previous),
      fmt::format("ALTER TABLE {} DETACH PARTITION {}", qualified(target), qualified(rows))};
  const auto indexes = connection_.exec(
      "SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
      "WHERE i.indrelid = to_regclass($1) ORDER BY x.oid",
      {qualified(rows)});
  for (int row = 0; row < indexes.rows(); ++row)
    statements.push_back(fmt::format(
        "ALTER INDEX {} RENAME TO {}", qualified({rows.schema, std::string(indexes.text(row, 0))}),
        pg::quote(fmt::format("previous.{}.{}", staging_mark(target), row))));
  statements.push_back(
      fmt::format("ALTER TABLE {} RENAME TO {}", qualified(rows), pg::quote(previous.name)));
  statements.push_back(fmt::format("ALTER TABLE {} SET SCHEMA {}",
                                   qualified({rows.schema, previous.name}),
                                   pg::quote(previous.schema)));
  return statements;
}

bool PartitionSwap::held_by_idle_reader(const data::TableName& target) {
  return classified([&] {
    return connection_
        .exec(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE "
            "l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid() AND l.mode IN "
            "('AccessShareLock', 'RowShareLock') AND l.database = (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) AND l.relation IN (SELECT to_regclass($1) UNION "
            "ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass($1)) AND a.state "
            "LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - $2::interval)",
            {qualified(target), idle})
        .boolean(0, 0);
  });
}

std::chrono::milliseconds PartitionSwap::pause_after(int attempt) const {
  return pauses * wait_of(attempt);
}

// Rows that were staged in parts are not frozen: a transaction whose snapshot is older than they
// would find the table empty after the swap. It has to end first.
void PartitionSwap::refuse_older_snapshots(const data::LoadPlan& plan) {
  const auto& target = plan.request.target;
  const auto older = connection_.exec(
      "SELECT pid, usename, xact_start::text FROM orch.load l JOIN pg_stat_activity ON NOT "
      "l.frozen "
      "AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database() "
      "AND age(backend_xmin) >= age(l.xid::xid) WHERE table_schema = $1 AND table_name = $2 "
      "ORDER BY xact_start LIMIT 1",
      {target.schema, target.name});
  if (older.rows() == 0) return;
  throw data::DatabaseError(
      data::ErrorClass::locked,
      fmt::format("a transaction older than the load is open (process {}, user {}, since {})",
                  older.text(0, 0), older.text(0, 1), older.text(0, 2)));
}

}  // namespace orch::postgres
