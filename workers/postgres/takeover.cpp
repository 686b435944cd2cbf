#include "workers/postgres/takeover.h"

#include <string_view>

#include <fmt/format.h>

#include "workers/data/failure.h"

namespace orch::postgres {
namespace {

// Numbers that keep locks of orch apart from those of others: "orchload", "orchtake" in ASCII.
constexpr std::int64_t mark_seed = 0x6f7263686c6f6164;
constexpr std::int64_t ending_seed = 0x6f72636874616b65;

/// The key of the mark, of a fence row with the prefix `row`.
std::string mark_key(std::string_view row) {
  return fmt::format(
      "hashtextextended(concat_ws('/', {0}table_schema, {0}table_name, {0}store, {0}fence), {1})",
      row, mark_seed);
}

/// The session that wrote its name into the fence row, by process and start (the number of a
/// process is given out again), and is still at that load. $1, $2: the table.
std::string named_session() {
  return fmt::format(
      "FROM orch.fence f JOIN pg_stat_activity a ON a.pid = f.backend_pid "
      "AND a.backend_start = f.backend_start AND a.application_name = 'orch' "
      "AND a.pid <> pg_backend_pid() JOIN pg_locks k ON k.pid = a.pid AND k.granted "
      "AND k.locktype = 'advisory' AND k.objsubid = 1 "
      "AND (k.classid::bigint << 32 | k.objid::bigint) = {} "
      "WHERE f.table_schema = $1 AND f.table_name = $2",
      mark_key("f."));
}

std::string earlier() {
  return fmt::format("{} AND (f.store <> $3 OR f.fence < $4)", named_session());
}

/// $3, $4, $5: store, fence and run of the delivery that came later.
std::string earlier_delivery() {
  return named_session() + " AND f.store = $3 AND f.fence < $4 AND f.run = $5";
}

/// Ends `session` (named_session() and more), which cannot be given back meanwhile.
void end(pg::Connection& connection, const data::TableName& table, const std::string& session,
         const pg::Params& params) {
  pg::Transaction transaction(connection,
                              "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s'");
  connection.exec(
      fmt::format("SELECT pg_advisory_xact_lock(hashtextextended($1, {}))", ending_seed),
      {table.display()});
  connection.exec("SELECT pg_terminate_backend(a.pid) " + session, params);
  transaction.commit();
}

}  // namespace

std::string mark_of_session() { return fmt::format("pg_advisory_lock_shared({})", mark_key("")); }

std::string leave_with(const data::TableName& table) {
  return fmt::format("SELECT pg_advisory_xact_lock_shared(hashtextextended({}, {})); ",
                     pg::literal(table.display()), ending_seed);
}

Claims look_at_claims(pg::Connection& connection, const data::TableName& table,
                      const data::LoadId& load) {
  const auto later = [](const char* of) {
    return fmt::format(
        "EXISTS (SELECT FROM orch.{} WHERE table_schema = $1 AND table_name = $2 AND store = $3 "
        "AND fence > $4)",
        of);
  };
  const auto found = connection.exec(
      fmt::format("SELECT EXISTS (SELECT FROM orch.evidence WHERE load_id = $6), "
                  "EXISTS (SELECT {}), {} OR {}",
                  earlier_delivery(), later("fence"), later("load")),
      {table.schema, table.name, load.store, std::to_string(load.fence), load.run, load.id});
  return {found.boolean(0, 0), found.boolean(0, 1), found.boolean(0, 2)};
}

void end_earlier_delivery(pg::Connection& connection, const data::TableName& table,
                          const data::LoadId& load) {
  end(connection, table, earlier_delivery(),
      {table.schema, table.name, load.store, std::to_string(load.fence), load.run});
}

boost::json::object fence_holder(pg::Connection& connection, const data::TableName& table) {
  const auto found = connection.exec(
      fmt::format("SELECT a.pid, a.usename, 'run ' || f.run || ': ' || "
                  "left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80), "
                  "to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' {} "
                  "AND a.xact_start IS NOT NULL",
                  named_session()),
      {table.schema, table.name});
  if (found.rows() == 0) return {};
  const auto text = [&](int column) { return found.optional(0, column).value_or("?"); };
  return {{"pid", found.int64(0, 0)}, {"user", text(1)}, {"query", text(2)}, {"since", text(3)}};
}

void Takeover::look() {
  const pg::Params params{table_.schema, table_.name, load_.store, std::to_string(load_.fence)};
  const auto found = connection_.exec(
      fmt::format("SELECT a.pid, f.run, concat_ws(' ', a.pid, a.backend_start, a.xact_start, "
                  "a.state_change, (SELECT bytes_processed FROM pg_stat_progress_copy p "
                  "WHERE p.pid = a.pid)) {} AND a.xact_start IS NOT NULL "
                  "AND a.wait_event_type = 'Client'",
                  earlier()),
      params);
  const auto now = found.rows() == 0 ? std::string() : std::string(found.text(0, 2));
  if (now.empty() || now != seen_) {
    seen_ = now;
    since_ = Clock::now();
    return;
  }
  if (Clock::now() - since_ < silence_) return;
  try {
    end(connection_, table_, earlier(), params);
  } catch (const pg::Error& error) {
    if (error.sqlstate() != "42501") throw;
    throw data::DatabaseError(
        data::ErrorClass::locked,
        fmt::format(
            "process {} loads the table for run {} and has not moved for {} s; ending it is "
            "refused: {}",
            found.int64(0, 0), found.text(0, 1),
            std::chrono::ceil<std::chrono::seconds>(silence_).count(), error.what()),
        fmt::format("end it: SELECT pg_terminate_backend({}); or give all loads one role",
                    found.int64(0, 0)));
  }
}

}  // namespace orch::postgres
