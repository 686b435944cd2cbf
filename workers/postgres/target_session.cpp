#include "workers/postgres/target_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/dialect.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/leftovers.h"
#include "workers/postgres/names.h"
#include "workers/postgres/planning.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/session.h"
#include "workers/postgres/table_facts.h"
#include "workers/postgres/takeover.h"
#include "workers/postgres/type_name.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::postgres {
namespace {

constexpr const char* undefined_table = "42P01";

// How long a session of another run may stand still before it counts as paused or cut off: as long
// as one that has nothing to do in its transaction, where somebody waits that long.
std::chrono::milliseconds longest_silence(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds longest = std::chrono::seconds(10);
  return patience.count() > 0 ? std::min(longest, patience / 2) : longest;
}

}  // namespace

TargetSession::TargetSession(const Settings& settings)
    : own_(classified([&] { return connect_to_all_rows(settings); })),
      session_(*own_),
      connection_(*session_),
      display_(settings.display),
      patience_(std::chrono::seconds(settings.lock_seconds)),
      swap_(connection_) {}

TargetSession::TargetSession(const Settings& settings, KeptSession& session)
    : session_(session),
      connection_(*session_),
      display_(settings.display),
      patience_(std::chrono::seconds(settings.lock_seconds)),
      swap_(connection_) {}

const publishing::Dialect& TargetSession::dialect() const { return postgres::dialect(); }

template <class Work>
auto TargetSession::asking(const Work& work) {
  return classified([&] {
    try {
      return work();
    } catch (const pg::Error& error) {
      // Another session may have dropped the schema since.
      if (error.sqlstate() == undefined_table) session_.note(Bookkeeping::unknown);
      throw;
    }
  });
}

pg::Result TargetSession::run(const std::string& sql, const publishing::Params& params) {
  return params.empty() ? connection_.exec(sql) : connection_.exec(sql, params);
}

publishing::Rows TargetSession::rows(const std::string& sql, const publishing::Params& params) {
  return asking([&] {
    const auto found = run(sql, params);
    publishing::Rows rows;
    for (int row = 0; row < found.rows(); ++row) {
      auto& cells = rows.emplace_back();
      for (int column = 0; column < found.columns(); ++column)
        cells.push_back(found.optional(row, column));
    }
    return rows;
  });
}

std::int64_t TargetSession::execute(const std::string& sql, const publishing::Params& params) {
  return asking([&] { return run(sql, params).affected(); });
}

// Constraints that may be looked at later are: rows may exchange their values until then. A process
// that was paused or cut off between two statements loses its locks.
void TargetSession::begin() {
  classified([&] {
    transaction_.emplace(connection_,
                         "BEGIN; SET CONSTRAINTS ALL DEFERRED; "
                         "SET LOCAL idle_in_transaction_session_timeout = '10s'");
  });
}

// One message: whatever becomes of this process, the server continues to the end.
void TargetSession::commit_with(const std::string& sql) {
  classified([&] {
    connection_.exec(sql + "; COMMIT");
    transaction_->ended();
    transaction_.reset();
  });
}

void TargetSession::claim(const data::TableName& table, const data::LoadId& load) {
  asking([&] {
    if (!has_bookkeeping()) return;
    const auto found = look_at_claims(connection_, table, load);
    if (found.published) return;  // there is nothing left to do
    if (found.earlier_delivery) end_earlier_delivery(connection_, table, load);
    if (found.later_fence) publishing::check_fence(*this, table, load);
    const auto start = Takeover::Clock::now();
    const auto silence = longest_silence(patience_);
    Takeover other(connection_, table, load, silence);
    while (!claim_once(table, load, silence / 4)) {
      if (patience_.count() > 0 && Takeover::Clock::now() - start >= patience_)
        throw publishing::told({data::ErrorClass::locked, "another load holds the table"},
                               fence_holder(connection_, table));
      other.look();
    }
  });
}

bool TargetSession::claim_once(const data::TableName& table, const data::LoadId& load,
                               std::chrono::milliseconds wait) {
  // A claim is worth something to sessions that live, and a crash of the server ends them all:
  // whoever writes rows after it holds the fence again, in the transaction of the rows.
  pg::Transaction transaction(
      connection_, fmt::format("BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL synchronous_commit = "
                               "off",
                               wait.count()));
  if (!session_.lent()) session_.leave_with(leave_with(table));
  try {
    publishing::hold_fence(*this, table, load, holder());
  } catch (const data::DatabaseError& error) {
    if (error.error_class() != data::ErrorClass::locked) throw;
    return false;
  }
  transaction.commit();
  return true;
}

publishing::FenceHolder TargetSession::holder() const {
  if (session_.lent())
    return {{{"run", "$5"},
             {"backend_pid", "CAST(NULL AS integer)"},
             {"backend_start", "CAST(NULL AS timestamptz)"}},
            ""};
  return {{{"run", "$5"},
           {"backend_pid", "pg_backend_pid()"},
           {"backend_start", "(SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid()))"}},
          mark_of_session()};
}

void TargetSession::clear_up(const data::TableName& table, const data::LoadId& load) {
  classified([&] { remove_leftovers(connection_, *this, table, load, previous_of(table).name); });
}

boost::json::object TargetSession::lock_holder(const data::TableName& table) {
  return classified([&]() -> boost::json::object {
    const auto found = connection_.exec(
        "SELECT a.pid, a.usename, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80), "
        "to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' "
        "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid() "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND l.relation IN (SELECT to_regclass($1) UNION ALL SELECT inhrelid FROM pg_inherits "
        "WHERE inhparent = to_regclass($1)) ORDER BY a.xact_start LIMIT 1",
        {qualified(table)});
    if (found.rows() == 0)
      return has_bookkeeping() ? fence_holder(connection_, table) : boost::json::object();
    const auto text = [&](int column) { return found.optional(0, column).value_or("?"); };
    return {{"pid", found.int64(0, 0)}, {"user", text(1)}, {"query", text(2)}, {"since", text(3)}};
  });
}

void TargetSession::commit() {
  classified([&] {
    transaction_->commit();
    transaction_.reset();
  });
}

void TargetSession::ready_bookkeeping() {
  if (session_.bookkeeping() == Bookkeeping::current) return;
  classified([&] { prepare_bookkeeping(connection_, display_); });
  session_.note(Bookkeeping::current);
}

bool TargetSession::has_bookkeeping() {
  if (session_.bookkeeping() == Bookkeeping::unknown &&
      classified([&] { return postgres::has_bookkeeping(connection_); }))
    session_.note(Bookkeeping::present);
  return session_.bookkeeping() != Bookkeeping::unknown;
}

// The column is younger than the table.
std::string TargetSession::latest_run(const data::TableName& table) {
  const auto found = rows(
      "SELECT to_jsonb(f) ->> 'run' FROM orch.fence f WHERE table_schema = $1 AND table_name = $2",
      {table.schema, table.name});
  return found.empty() ? std::string() : found[0][0].value_or("");
}

std::vector<data::TableName> TargetSession::staging_tables(const data::TableName& table) {
  std::vector<data::TableName> tables;
  for (auto& name : classified([&] { return stagings_of(connection_, table); }))
    if (name != previous_of(table).name) tables.push_back({staging_schema, std::move(name)});
  return tables;
}

std::optional<publishing::TableFacts> TargetSession::facts(const data::TableName& table) {
  return classified([&]() -> std::optional<publishing::TableFacts> {
    const Reading reading(connection_);
    auto found = describe_table(connection_, table);
    if (!found) return std::nullopt;
    return table_facts(connection_, *std::move(found));
  });
}

std::optional<std::string> TargetSession::rows_of(const data::TableName& table) {
  return classified([&]() -> std::optional<std::string> {
    const auto name = qualified(table);
    const auto found = connection_.exec(
        "SELECT relkind FROM pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p', 'v', "
        "'m', 'f')",
        {name});
    if (found.rows() == 0) return std::nullopt;
    return rows_sql(name, found.text(0, 0).front());
  });
}

data::Digest TargetSession::digest(const data::LoadPlan& plan, const std::string& sql,
                                   const std::function<bool()>& stop) {
  return classified([&] {
    const Reading reading(connection_);
    return digest_of(connection_, sql, plan.format, stop);
  });
}

std::optional<std::string> TargetSession::high_watermark(const data::TableName& table,
                                                         const std::string& column) {
  return classified([&]() -> std::optional<std::string> {
    const Reading reading(connection_);
    const auto found = describe_table(connection_, table);
    if (!found) return std::nullopt;
    return connection_
        .exec(fmt::format("SELECT max({})::text FROM {}{}", pg::quote(column),
                          found->relkind == 'r' ? "ONLY " : "", qualified(table)))
        .optional(0, 0);
  });
}

std::vector<publishing::Link> TargetSession::links() {
  return classified([&] {
    const auto found = connection_.exec(
        "SELECT DISTINCT cn.nspname, c.relname, pn.nspname, p.relname FROM pg_constraint f "
        "JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace "
        "JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace "
        "WHERE f.contype = 'f' AND f.conparentid = 0 AND f.conrelid <> f.confrelid");
    std::vector<publishing::Link> links;
    const auto text = [&](int row, int column) { return std::string(found.text(row, column)); };
    for (int row = 0; row < found.rows(); ++row)
      links.push_back({{text(row, 0), text(row, 1)}, {text(row, 2), text(row, 3)}});
    return links;
  });
}

data::LoadPlan TargetSession::plan(const data::PlanRequest& request) {
  return classified([&] {
    const Reading reading(connection_);
    return make_plan(connection_, request, describe_table(connection_, resolved(request.target)));
  });
}

void TargetSession::create_table(const data::LoadPlan& plan) {
  const auto& key = plan.request.key_columns;
  std::string columns;
  for (const auto& column : plan.columns)
    columns +=
        fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", pg::quote(column.name),
                    type_sql(column.native, column.name), column.nullable ? "" : " NOT NULL");
  if (!key.empty()) columns += fmt::format(", PRIMARY KEY ({})", list(key));
  classified([&] {
    ensure_schema(connection_, plan.request.target.schema);
    connection_.exec(fmt::format("CREATE TABLE {} ({})", qualified(plan.request.target), columns));
  });
}

void TargetSession::after_rows(const data::LoadPlan&, const publishing::TableFacts& target, bool) {
  classified([&] {
    connection_.exec("SET CONSTRAINTS ALL IMMEDIATE");
    advance_sequences(connection_, target);
  });
}

// In the server, where a stop reaches it like any statement.
void TargetSession::pause(std::chrono::milliseconds time) {
  classified([&] {
    connection_.exec(fmt::format("SELECT pg_sleep({})", static_cast<double>(time.count()) / 1000));
  });
}

void TargetSession::reading(const std::function<void()>& work) {
  classified([&] {
    const pg::Transaction transaction(connection_, "BEGIN READ ONLY");
    work();
  });
}

}  // namespace orch::postgres
