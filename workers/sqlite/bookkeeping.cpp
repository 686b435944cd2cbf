#include "workers/sqlite/bookkeeping.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/embedded.h"
#include "orchestrator/base/time.h"
#include "orchestrator/db/migrate.h"
#include "orchestrator/json/text.h"
#include "workers/sqlite/names.h"
#include "workers/worker.h"

namespace orch::sqlite {

/// The files of schema/sqlite-target/, embedded at build.
std::span<const EmbeddedFile> target_migrations();

namespace {

std::string now() { return to_iso(std::chrono::floor<Millis>(std::chrono::system_clock::now())); }

constexpr std::array<std::string_view, 3> strategies = {"replace", "upsert", "append"};

/// The digest columns that start at `column`: rows, hex.
data::Digest digest_at(const Statement& row, int column) {
  const auto digest = data::Digest::from(row.int64(column), row.text(column + 1));
  if (!digest) throw Error("digest", SQLITE_CORRUPT, "the bookkeeping holds a broken digest");
  return *digest;
}

}  // namespace

bool has_bookkeeping(Database& db) {
  Statement find(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'orch_load'");
  return find.step();
}

void prepare_bookkeeping(Database& db, const std::string& display) {
  migrate(db, target_migrations(), "orch_schema", display);
}

void check_fence(Database& db, const data::TableName& table, const data::LoadId& load) {
  Statement seen(db,
                 "SELECT fence FROM orch_fence "
                 "WHERE table_name = ?1 AND store = ?2 AND fence > ?3");
  if (!seen.bind(table.name, load.store, load.fence).step()) return;
  throw workers::TaskFailed(
      "Fence.Stale",
      fmt::format("{}: fence {} is late: {} was seen", table.name, load.fence, seen.int64(0)),
      "a later delivery of this work has taken over; this one must not write", "ORCH-0437",
      {{"fence", load.fence}, {"seen", seen.int64(0)}});
}

void hold_fence(Database& db, const data::TableName& table, const data::LoadId& load) {
  check_fence(db, table, load);
  Statement(db,
            "INSERT INTO orch_fence (table_name, store, fence) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (table_name) DO UPDATE SET store = excluded.store, "
            "fence = excluded.fence")
      .bind(table.name, load.store, load.fence)
      .run();
}

std::optional<data::LoadRecord> read_load(Database& db, const data::TableName& table) {
  if (!has_bookkeeping(db)) return std::nullopt;
  Statement row(db,
                "SELECT load_id, run, store, fence, rows, digest, verified, position, "
                "fingerprint FROM orch_load WHERE table_name = ?1");
  if (!row.bind(table.name).step()) return std::nullopt;
  data::LoadRecord record;
  record.load = {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                 row.int64(3)};
  record.digest = digest_at(row, 4);
  record.verified = row.int64(6) != 0;
  record.position = json::parse(row.text(7)).as_object();
  record.fingerprint = row.text(8);
  return record;
}

void write_load(Database& db, const data::TableName& table, const data::LoadRecord& record) {
  Statement(db,
            "INSERT OR REPLACE INTO orch_load (table_name, load_id, run, store, fence, rows, "
            "digest, position, fingerprint, staged_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
      .bind(table.name, record.load.id, record.load.run, record.load.store, record.load.fence,
            record.digest.rows, record.digest.hex(), json::write(record.position),
            record.fingerprint, now())
      .run();
}

void set_verified(Database& db, const data::TableName& table) {
  Statement(db, "UPDATE orch_load SET verified = 1 WHERE table_name = ?1").bind(table.name).run();
}

void remove_load(Database& db, const data::TableName& table) {
  Statement(db, "DELETE FROM orch_load WHERE table_name = ?1").bind(table.name).run();
}

std::optional<data::Published> read_evidence(Database& db, const std::string& load_id) {
  if (!has_bookkeeping(db)) return std::nullopt;
  Statement row(db,
                "SELECT method, total_rows, inserted, updated, deleted FROM orch_evidence "
                "WHERE load_id = ?1");
  if (!row.bind(load_id).step()) return std::nullopt;
  data::Published published;
  published.method = row.text(0);
  published.rows = row.int64(1);
  published.inserted = row.int64(2);
  published.updated = row.int64(3);
  published.deleted = row.int64(4);
  published.repeated = true;
  return published;
}

std::optional<data::PublishedRecord> newest_evidence(Database& db, const data::TableName& table) {
  if (!has_bookkeeping(db)) return std::nullopt;
  Statement row(db,
                "SELECT load_id, run, detail, published_at, strategy, method, rows, digest, "
                "total_rows, position, fingerprint FROM orch_evidence WHERE table_name = ?1 "
                "ORDER BY published_at DESC, fence DESC LIMIT 1");
  if (!row.bind(table.name).step()) return std::nullopt;
  data::PublishedRecord record;
  record.load = row.text(0);
  record.run = row.text(1);
  record.run_name = json::parse(row.text(2)).at("run_name").as_string();
  record.published_at = row.text(3);
  const auto* strategy = std::find(strategies.begin(), strategies.end(), row.text(4));
  record.strategy = static_cast<data::Strategy>(strategy - strategies.begin());
  record.method = row.text(5);
  record.digest = digest_at(row, 6);
  record.total_rows = row.int64(8);
  record.position = json::parse(row.text(9)).as_object();
  record.fingerprint = row.text(10);
  if (record.total_rows > 0)
    record.emptied =
        !Statement(db, fmt::format("SELECT 1 FROM main.{} LIMIT 1", quote(table.name))).step();
  return record;
}

void write_evidence(Database& db, const data::LoadPlan& plan, const data::LoadRecord& record,
                    const data::Published& published, const boost::json::object& detail) {
  const auto& load = record.load;
  Statement(db,
            "INSERT INTO orch_evidence (load_id, table_name, run, store, fence, strategy, "
            "method, rows, digest, total_rows, inserted, updated, deleted, position, "
            "fingerprint, detail, published_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
            "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)")
      .bind(load.id, plan.request.target.name, load.run, load.store, load.fence,
            strategies.at(static_cast<std::size_t>(plan.request.strategy)), published.method,
            record.digest.rows, record.digest.hex(), published.rows, published.inserted,
            published.updated, published.deleted, json::write(record.position), record.fingerprint,
            json::write(detail), now())
      .run();
}

}  // namespace orch::sqlite
