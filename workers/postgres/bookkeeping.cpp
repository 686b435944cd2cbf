#include "workers/postgres/bookkeeping.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/embedded.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/json/text.h"
#include "workers/postgres/names.h"
#include "workers/postgres/session.h"
#include "workers/worker.h"

namespace orch::postgres {

std::span<const EmbeddedFile> target_migrations();  // generated

namespace {

constexpr std::array strategies = {"replace", "upsert", "append"};

// One session at a time creates the schema; the number is "orch" in ASCII.
constexpr const char* migration_lock = "SELECT pg_advisory_xact_lock(1869771624)";

std::string text_of(std::int64_t number) { return std::to_string(number); }

}  // namespace

bool has_bookkeeping(pg::Connection& connection) {
  return !connection.exec("SELECT to_regclass('orch.migration')").null(0, 0);
}

void prepare_bookkeeping(pg::Connection& connection, const std::string& display) {
  const auto migrations = target_migrations();
  const auto present = [&] {
    if (!has_bookkeeping(connection)) return std::int64_t{0};
    return connection.exec("SELECT coalesce(max(version), 0) FROM orch.migration").int64(0, 0);
  };
  const auto known = static_cast<std::int64_t>(migrations.size());
  if (const auto version = present(); version > known)
    throw orch::Error("ORCH-0207",
                      fmt::format("{}: the schema orch is version {}, this orch knows {}", display,
                                  version, known),
                      "use the newer orch that made it");
  if (present() == known) return;
  pg::Transaction transaction(connection);
  connection.exec(migration_lock);
  for (const auto* schema : {"orch", "orch_stage"}) ensure_schema(connection, schema);
  connection.exec(
      "CREATE TABLE IF NOT EXISTS orch.migration (version bigint PRIMARY KEY, name text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  for (auto version = present(); version < known; ++version) {
    const auto& file = migrations[static_cast<std::size_t>(version)];
    connection.exec(std::string(file.text));
    connection.exec("INSERT INTO orch.migration (version, name) VALUES ($1, $2)",
                    {text_of(version + 1), std::string(file.name)});
  }
  fault::point("target.migrate.before_commit");
  transaction.commit();
  fault::point("target.migrate.after_commit");
}

void hold_fence(pg::Connection& connection, const data::TableName& table,
                const data::LoadId& load) {
  const auto held = connection.exec(
      "INSERT INTO orch.fence AS f (table_schema, table_name, store, fence) VALUES ($1, $2, $3, "
      "$4) "
      "ON CONFLICT (table_schema, table_name) DO UPDATE SET store = $3, fence = $4 "
      "WHERE f.store <> $3 OR f.fence <= $4",
      {table.schema, table.name, load.store, text_of(load.fence)});
  if (held.affected() == 1) return;
  throw workers::TaskFailed(
      "Fence.Stale",
      fmt::format("{}: a later delivery of the same work has taken over", table.display()), "",
      "ORCH-0437", {{"load", load.id}});
}

std::optional<Staged> read_load(pg::Connection& connection, const data::TableName& table) {
  if (!has_bookkeeping(connection)) return std::nullopt;
  const auto found = connection.exec(
      "SELECT load_id, run, store, fence, rows, digest, \"position\", fingerprint, verified, "
      "frozen, xid FROM orch.load WHERE table_schema = $1 AND table_name = $2",
      {table.schema, table.name});
  if (found.rows() == 0) return std::nullopt;
  Staged staged;
  auto& record = staged.record;
  record.load = {std::string(found.text(0, 0)), std::string(found.text(0, 1)),
                 std::string(found.text(0, 2)), found.int64(0, 3)};
  record.digest = data::Digest::from(found.int64(0, 4), found.text(0, 5)).value_or(data::Digest{});
  record.position = json::parse(found.text(0, 6)).as_object();
  record.fingerprint = found.text(0, 7);
  record.verified = found.boolean(0, 8);
  staged.frozen = found.boolean(0, 9);
  staged.xid = found.text(0, 10);
  return staged;
}

void write_load(pg::Connection& connection, const data::TableName& table, const Staged& staged) {
  const auto& record = staged.record;
  remove_load(connection, table);
  connection.exec(
      "INSERT INTO orch.load (table_schema, table_name, load_id, run, store, fence, rows, digest, "
      "\"position\", fingerprint, frozen, xid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
      "$11, pg_current_xact_id()::xid::text)",
      {table.schema, table.name, record.load.id, record.load.run, record.load.store,
       text_of(record.load.fence), text_of(record.digest.rows), record.digest.hex(),
       json::write(record.position), record.fingerprint, staged.frozen ? "t" : "f"});
}

void set_verified(pg::Connection& connection, const data::TableName& table) {
  connection.exec(
      "UPDATE orch.load SET verified = true WHERE table_schema = $1 AND table_name = $2",
      {table.schema, table.name});
}

void remove_load(pg::Connection& connection, const data::TableName& table) {
  connection.exec("DELETE FROM orch.load WHERE table_schema = $1 AND table_name = $2",
                  {table.schema, table.name});
}

std::optional<data::Published> read_evidence(pg::Connection& connection,
                                             const std::string& load_id) {
  const auto found = connection.exec(
      "SELECT method, total_rows, inserted, updated, deleted FROM orch.evidence WHERE load_id = $1",
      {load_id});
  if (found.rows() == 0) return std::nullopt;
  data::Published published;
  published.method = found.text(0, 0);
  published.rows = found.int64(0, 1);
  published.inserted = found.int64(0, 2);
  published.updated = found.int64(0, 3);
  published.deleted = found.int64(0, 4);
  published.repeated = true;
  return published;
}

std::optional<data::PublishedRecord> newest_evidence(pg::Connection& connection,
                                                     const data::TableName& table) {
  if (!has_bookkeeping(connection)) return std::nullopt;
  const auto found = connection.exec(
      "SELECT load_id, run, detail, to_char(published_at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), strategy, method, rows, digest, total_rows, "
      "\"position\", fingerprint FROM orch.evidence WHERE table_schema = $1 AND table_name = $2 "
      "ORDER BY published_at DESC, fence DESC LIMIT 1",
      {table.schema, table.name});
  if (found.rows() == 0) return std::nullopt;
  data::PublishedRecord record;
  record.load = found.text(0, 0);
  record.run = found.text(0, 1);
  record.run_name = json::parse(found.text(0, 2)).at("run_name").as_string();
  record.published_at = found.text(0, 3);
  const auto* strategy =
      std::find(strategies.begin(), strategies.end(), std::string_view(found.text(0, 4)));
  record.strategy = static_cast<data::Strategy>(strategy - strategies.begin());
  record.method = found.text(0, 5);
  record.digest = data::Digest::from(found.int64(0, 6), found.text(0, 7)).value_or(data::Digest{});
  record.total_rows = found.int64(0, 8);
  record.position = json::parse(found.text(0, 9)).as_object();
  record.fingerprint = found.text(0, 10);
  record.emptied =
      record.total_rows > 0 &&
      connection.exec(fmt::format("SELECT FROM {} LIMIT 1", qualified(table))).rows() == 0;
  return record;
}

void write_evidence(pg::Connection& connection, const data::LoadPlan& plan, const Staged& staged,
                    const data::Published& published, const boost::json::object& detail) {
  const auto& record = staged.record;
  const auto& table = plan.request.target;
  connection.exec(
      "INSERT INTO orch.evidence (load_id, table_schema, table_name, run, store, fence, strategy, "
      "method, rows, digest, total_rows, inserted, updated, deleted, \"position\", fingerprint, "
      "detail, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
      "$15, $16, $17, clock_timestamp())",
      {record.load.id, table.schema, table.name, record.load.run, record.load.store,
       text_of(record.load.fence), strategies[static_cast<std::size_t>(plan.request.strategy)],
       published.method, text_of(record.digest.rows), record.digest.hex(), text_of(published.rows),
       text_of(published.inserted), text_of(published.updated), text_of(published.deleted),
       json::write(record.position), record.fingerprint, json::write(detail)});
}

}  // namespace orch::postgres
