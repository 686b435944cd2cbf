#include "orchestrator/store/sqlite/removal.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

constexpr std::int64_t parts_at_once = 100;

// The tables whose rows belong to a run, as the schema says: a new one is covered without a change
// here.
std::vector<std::string> find_references(sqlite::Database& db) {
  sqlite::Statement query(
      db,
      "SELECT name, \"from\" FROM sqlite_schema JOIN pragma_foreign_key_list(name) AS refers "
      "WHERE type = 'table' AND refers.\"table\" = 'execution' AND name <> 'execution'");
  std::vector<std::string> deletes{"DELETE FROM history_end WHERE execution_id = ?"};
  while (query.step())
    deletes.push_back(fmt::format("DELETE FROM {} WHERE {} = ?", query.text(0), query.text(1)));
  return deletes;
}

}  // namespace

Removal::Removal(sqlite::Database& db) : db_(db), references_(find_references(db)) {
  db.exec("PRAGMA foreign_keys=OFF");
}

std::vector<EndedRun> Removal::ended(const std::optional<std::pair<Instant, ExecutionId>>& behind,
                                     std::int64_t limit) {
  std::optional<std::int64_t> ms, id;
  if (behind) {
    ms = millis(behind->first);
    id = number(behind->second);
  }
  sqlite::Statement query(
      db_,
      fmt::format("SELECT id, run_id, workflow, status, started_ms, ended_ms, coalesce((SELECT "
                  "pipeline FROM pipeline_run WHERE execution_id = execution.id), '') "
                  "FROM execution WHERE parent IS NULL AND starter IS NULL AND ended_ms IS NOT "
                  "NULL {} ORDER BY started_ms DESC, id DESC LIMIT ?3",
                  behind ? "AND (started_ms, id) < (?1, ?2)" : ""));
  query.bind(ms, id, limit);
  std::vector<EndedRun> found;
  while (query.step()) {
    EndedRun run{ExecutionId{query.int64(0)},    std::string(query.text(1)),
                 std::string(query.text(2)),     std::string(query.text(6)),
                 query.text(3) == "SUCCEEDED",   Instant{Millis{query.int64(4)}},
                 Instant{Millis{query.int64(5)}}};
    found.push_back(std::move(run));
  }
  return found;
}

std::vector<ExecutionId> Removal::family(ExecutionId run) {
  sqlite::Statement query(
      db_,
      "WITH RECURSIVE family (id) AS (VALUES (?1) "
      "UNION SELECT part.id FROM family JOIN execution AS part ON part.parent = family.id "
      "UNION SELECT part.id FROM family JOIN execution AS part ON part.starter = family.id) "
      "SELECT id FROM family");
  query.bind(number(run));
  std::vector<ExecutionId> found;
  while (query.step()) found.push_back(ExecutionId{query.int64(0)});
  return found;
}

std::int64_t Removal::bytes(const std::vector<ExecutionId>& runs) {
  sqlite::Statement query(
      db_,
      "SELECT coalesce((SELECT sum(length(events)) FROM history WHERE execution_id = ?1), 0) + "
      "coalesce((SELECT sum(length(events)) FROM packed_history WHERE execution_id = ?1), 0) + "
      "coalesce((SELECT length(input) + coalesce(length(output), 0) FROM execution WHERE id = ?1), "
      "0)");
  std::int64_t sum = 0;
  for (const auto run : runs) {
    query.bind(number(run)).step();
    sum += query.int64(0);
  }
  return sum;
}

// By a part of it that is under way, by a run that waits for it, or because it has the newest row.
bool Removal::is_needed(std::int64_t run) {
  sqlite::Statement query(
      db_,
      "WITH RECURSIVE needed (id) AS ("
      "SELECT id FROM execution INDEXED BY execution_running WHERE status = 'RUNNING' "
      "UNION SELECT waits_for FROM execution INDEXED BY execution_running "
      "WHERE status = 'RUNNING' AND waits_for IS NOT NULL "
      "UNION SELECT max(id) FROM execution "
      "UNION SELECT coalesce(part.parent, part.starter) FROM needed JOIN execution AS part ON "
      "part.id = needed.id WHERE coalesce(part.parent, part.starter) IS NOT NULL) "
      "SELECT 1 FROM needed WHERE id = ?1");
  return query.bind(run).step();
}

void Removal::drop_payloads(std::int64_t run) {
  sqlite::Statement packed(
      db_, "DELETE FROM packed_payload WHERE execution_id = ? RETURNING input, output");
  std::vector<std::int64_t> payloads;
  packed.bind(run);
  while (packed.step()) {
    for (const int column : {0, 1})
      if (!packed.null(column)) payloads.push_back(packed.int64(column));
  }
  for (const auto payload : payloads)
    sqlite::Statement(db_,
                      "DELETE FROM payload WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM "
                      "packed_payload WHERE input = ?1) AND NOT EXISTS (SELECT 1 FROM "
                      "packed_payload WHERE output = ?1)")
        .bind(payload)
        .run();
}

void Removal::remove_row(std::int64_t run) {
  drop_payloads(run);
  for (const auto& reference : references_) sqlite::Statement(db_, reference).bind(run).run();
  sqlite::Statement(db_, "DELETE FROM execution WHERE id = ?").bind(run).run();
  sqlite::Statement(db_,
                    "INSERT INTO removed_run (id) SELECT ?1 WHERE EXISTS (SELECT 1 FROM execution "
                    "WHERE parent = ?1) OR EXISTS (SELECT 1 FROM execution WHERE starter = ?1)")
      .bind(run)
      .run();
}

bool Removal::remove(ExecutionId run, Instant ended_at) {
  sqlite::Transaction transaction(db_);
  {
    sqlite::Statement same(db_, "SELECT 1 FROM execution WHERE id = ? AND ended_ms = ?");
    if (!same.bind(number(run), millis(ended_at)).step()) return false;
  }
  if (is_needed(number(run))) return false;
  remove_row(number(run));
  fault::point("keeping.before_commit");
  transaction.commit();
  fault::point("keeping.after_commit");
  return true;
}

bool Removal::remove_parts() {
  sqlite::Transaction transaction(db_);
  std::optional<std::int64_t> of;
  {
    sqlite::Statement query(db_, "SELECT id FROM removed_run LIMIT 1");
    if (query.step()) of = query.int64(0);
  }
  if (!of) return false;
  std::vector<std::int64_t> parts;
  {
    sqlite::Statement query(db_,
                            "SELECT id FROM execution WHERE parent = ?1 UNION ALL "
                            "SELECT id FROM execution WHERE starter = ?1 LIMIT ?2");
    query.bind(*of, parts_at_once);
    while (query.step()) parts.push_back(query.int64(0));
  }
  for (const auto part : parts) remove_row(part);
  if (parts.empty()) sqlite::Statement(db_, "DELETE FROM removed_run WHERE id = ?").bind(*of).run();
  fault::point("keeping.before_commit");
  transaction.commit();
  fault::point("keeping.after_commit");
  return true;
}

}  // namespace orch::store
