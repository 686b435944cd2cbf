#include "workers/publishing/bookkeeping.h"

#include <charconv>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/data/plan_json.h"
#include "workers/publishing/file_ledger.h"

namespace orch::publishing {
namespace {

using std::to_string;

std::string table_of(Session& session, const char* name) {
  return session.dialect().bookkeeping(name);
}

data::Digest digest_of(const std::optional<std::string>& rows,
                       const std::optional<std::string>& hex) {
  const auto digest = data::Digest::from(integer(rows), hex.value_or(""));
  if (digest) return *digest;
  throw data::DatabaseError(data::ErrorClass::other, "the bookkeeping holds a broken digest");
}

workers::TaskFailed stale(const data::TableName& table, const data::LoadId& load,
                          std::int64_t seen) {
  return {"Fence.Stale",
          fmt::format("{}: fence {} is late: {} was seen", table.display(), load.fence, seen),
          "a later delivery of this work has taken over; this one must not write",
          "ORCH-0437",
          {{"load", load.id}, {"fence", load.fence}, {"seen", seen}}};
}

/// What the evidence says of the proof; unset where an older version took none.
std::optional<data::PublishedProof> proof_in(const boost::json::object& detail) {
  const auto* value = detail.if_contains("proof");
  const auto* found = value ? value->if_object() : nullptr;
  if (!found) return std::nullopt;
  data::PublishedProof proof;
  proof.mode = data::proof_named(found->at("mode").as_string());
  proof.equal = proof.mode != data::Proof::off;
  const auto hex = std::string(found->at("digest").as_string());
  proof.found = data::Digest::from(found->at("rows").as_int64(), hex).value_or(data::Digest{});
  return proof;
}

boost::json::object with_proof(boost::json::object detail, const data::PublishedProof& proof) {
  detail["proof"] = {{"mode", data::proof_name(proof.mode)},
                     {"rows", proof.found.rows},
                     {"digest", proof.found.hex()}};
  return detail;
}

}  // namespace

std::int64_t integer(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

void check_fence(Session& session, const data::TableName& table, const data::LoadId& load) {
  session.open_books(table);
  const auto seen = session.rows(
      fmt::format(
          "SELECT max(fence) FROM (SELECT fence FROM {0} WHERE {2} AND store = $3 UNION ALL "
          "SELECT fence FROM {1} WHERE {2} AND store = $3) f",
          table_of(session, "fence"), table_of(session, "load"), this_table),
      {table.schema, table.name, load.store});
  if (const auto fence = integer(seen[0][0]); fence > load.fence) throw stale(table, load, fence);
}

void hold_fence(Session& session, const data::TableName& table, const data::LoadId& load,
                const FenceHolder& holder) {
  session.open_books(table);
  Params params{table.schema, table.name, load.store, to_string(load.fence)};
  if (!holder.columns.empty()) params.emplace_back(load.run);
  std::string names, values, changes;
  for (const auto& [name, sql] : holder.columns) {
    names += ", " + name;
    values += ", " + sql;
    changes += fmt::format(", {0} = excluded.{0}", name);
  }
  const auto held = session.execute(
      fmt::format(
          "INSERT INTO {0} AS f (table_schema, table_name, store, fence{2}) SELECT $1, $2, $3, "
          "CAST($4 AS bigint){3} WHERE NOT EXISTS (SELECT 1 FROM {1} AS l WHERE l.table_schema = "
          "$1 AND l.table_name = $2 AND l.store = $3 AND l.fence > CAST($4 AS bigint)) ON CONFLICT "
          "(table_schema, table_name) DO UPDATE SET store = excluded.store, fence = "
          "excluded.fence{4} WHERE f.store <> excluded.store OR f.fence <= excluded.fence{5}",
          table_of(session, "fence"), table_of(session, "load"), names, values, changes,
          holder.returning.empty() ? "" : " RETURNING " + holder.returning),
      params);
  if (held == 1) return;
  check_fence(session, table, load);
}

bool is_free(Session& session, const data::TableName& table) {
  session.execute("SAVEPOINT orch_free");
  try {
    session.rows(fmt::format("SELECT fence FROM {} WHERE {}{}", table_of(session, "fence"),
                             this_table, session.dialect().for_update_nowait()),
                 {table.schema, table.name});
  } catch (const data::DatabaseError& error) {
    if (error.error_class() != data::ErrorClass::locked) throw;
    session.execute("ROLLBACK TO SAVEPOINT orch_free");
    return false;
  }
  session.execute("RELEASE SAVEPOINT orch_free");
  return true;
}

std::optional<StagedLoad> read_load(Session& session, const data::TableName& table) {
  session.open_books(table);
  if (!session.has_bookkeeping()) return std::nullopt;
  const auto found = session.rows(
      fmt::format(
          "SELECT load_id, run, store, fence, rows, digest, \"position\", fingerprint, CASE "
          "WHEN verified THEN 1 ELSE 0 END FROM {} WHERE {}",
          table_of(session, "load"), this_table),
      {table.schema, table.name});
  if (found.empty()) return std::nullopt;
  const auto& row = found[0];
  StagedLoad staged;
  auto& record = staged.record;
  record.load = {*row[0], *row[1], *row[2], integer(row[3])};
  record.digest = digest_of(row[4], row[5]);
  record.position = json::parse(*row[6]).as_object();
  record.fingerprint = *row[7];
  record.verified = integer(row[8]) != 0;
  if (const auto* load = record.position.if_contains("unchanged")) {
    staged.unchanged_since = load->as_string();
    staged.staging = table;
  } else {
    staged.staging = session.dialect().staging(table, record.load);
  }
  return staged;
}

void write_load(Session& session, const data::TableName& table, const data::LoadRecord& record,
                int parts) {
  remove_load(session, table);
  std::string names;
  std::string values;
  for (const auto& [name, sql] : session.dialect().load_columns(parts)) {
    names += ", " + name;
    values += ", " + sql;
  }
  session.execute(
      fmt::format("INSERT INTO {} (table_schema, table_name, load_id, run, store, fence, rows, "
                  "digest, \"position\", fingerprint, staged_at{}) VALUES ($1, $2, $3, $4, $5, $6, "
                  "$7, $8, $9, $10, {}{})",
                  table_of(session, "load"), names, session.dialect().now(), values),
      {table.schema, table.name, record.load.id, record.load.run, record.load.store,
       to_string(record.load.fence), to_string(record.digest.rows), record.digest.hex(),
       json::write(record.position), record.fingerprint});
}

void set_verified(Session& session, const data::TableName& table) {
  session.execute(fmt::format("UPDATE {} SET verified = (1 = 1) WHERE {}",
                              table_of(session, "load"), this_table),
                  {table.schema, table.name});
}

void remove_load(Session& session, const data::TableName& table) {
  session.execute(fmt::format("DELETE FROM {} WHERE {}", table_of(session, "load"), this_table),
                  {table.schema, table.name});
}

std::optional<data::Published> read_evidence(Session& session, const std::string& load_id) {
  if (!session.has_bookkeeping()) return std::nullopt;
  const auto found =
      session.rows(fmt::format("SELECT method, total_rows, inserted, updated, deleted, detail FROM "
                               "{} WHERE load_id = $1",
                               table_of(session, "evidence")),
                   {load_id});
  if (found.empty()) return std::nullopt;
  data::Published published;
  published.method = *found[0][0];
  published.rows = integer(found[0][1]);
  published.inserted = integer(found[0][2]);
  published.updated = integer(found[0][3]);
  published.deleted = integer(found[0][4]);
  published.repeated = true;
  if (const auto proof = proof_in(json::parse(*found[0][5]).as_object())) published.proof = *proof;
  return published;
}

std::optional<data::PublishedRecord> newest_evidence(Session& session,
                                                     const data::TableName& table) {
  session.open_books(table);
  if (!session.has_bookkeeping()) return std::nullopt;
  const auto found = session.rows(
      fmt::format(
          "SELECT load_id, run, detail, {}, strategy, method, rows, digest, total_rows, "
          "\"position\", fingerprint FROM {} WHERE {} ORDER BY published_at DESC, fence DESC "
          "LIMIT 1",
          session.dialect().iso_time("published_at"), table_of(session, "evidence"), this_table),
      {table.schema, table.name});
  if (found.empty()) return std::nullopt;
  const auto& row = found[0];
  data::PublishedRecord record;
  record.load = *row[0];
  record.run = *row[1];
  const auto detail = json::parse(*row[2]).as_object();
  record.run_name = detail.at("run_name").as_string();
  record.proof = proof_in(detail);
  record.published_at = *row[3];
  record.strategy = data::strategy_named(*row[4]);
  record.method = *row[5];
  record.digest = digest_of(row[6], row[7]);
  record.total_rows = integer(row[8]);
  record.position = json::parse(*row[9]).as_object();
  record.fingerprint = *row[10];
  return record;
}

std::int64_t rows_left(Session& session, const data::TableName& table, const TableFacts& facts) {
  const auto newest = newest_evidence(session, table);
  if (!newest) return number(session, "SELECT count(*) FROM " + facts.rows);
  const auto any = session.rows(fmt::format("SELECT 1 FROM {} LIMIT 1", facts.rows));
  return any.empty() ? 0 : newest->total_rows;
}

void write_evidence(Session& session, const data::LoadPlan& plan, const data::LoadRecord& record,
                    const data::Published& published, const boost::json::object& detail) {
  const auto& table = plan.request.target;
  session.execute(
      fmt::format("INSERT INTO {} (load_id, table_schema, table_name, run, store, fence, strategy, "
                  "method, rows, digest, total_rows, inserted, updated, deleted, \"position\", "
                  "fingerprint, detail, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                  "$10, $11, $12, $13, $14, $15, $16, $17, {})",
                  table_of(session, "evidence"), session.dialect().now()),
      {record.load.id, table.schema, table.name, record.load.run, record.load.store,
       to_string(record.load.fence), data::strategy_name(plan.request.strategy), published.method,
       to_string(record.digest.rows), record.digest.hex(), to_string(published.rows),
       to_string(published.inserted), to_string(published.updated), to_string(published.deleted),
       json::write(data::evidence_position(record.position)), record.fingerprint,
       json::write(with_proof(detail, published.proof))});
  write_files(session, table, record);
}

}  // namespace orch::publishing
