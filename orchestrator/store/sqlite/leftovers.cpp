#include "orchestrator/store/sqlite/leftovers.h"

#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

constexpr std::int64_t fires_at_once = 500;

struct Fire {
  FirePlace place;
  bool is_useless = false;
};

constexpr const char* unused_definitions =
    "SELECT hash FROM definition EXCEPT SELECT definition_hash FROM execution "
    "EXCEPT SELECT definition_hash FROM revision "
    "EXCEPT SELECT definition_hash FROM pipeline_revision";
// A run that is over comes to have another definition by being resumed only.
constexpr const char* remove_definition =
    "DELETE FROM definition WHERE hash = ?1 "
    "AND NOT EXISTS (SELECT 1 FROM execution WHERE id > ?2 AND definition_hash = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM execution INDEXED BY execution_running "
    "WHERE status = 'RUNNING' AND definition_hash = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM revision WHERE definition_hash = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM pipeline_revision WHERE definition_hash = ?1)";
// It keeps the definition of its children before there is one.
constexpr const char* map_run_under_way =
    "SELECT 1 FROM execution INDEXED BY execution_running JOIN map_run ON execution_id = "
    "execution.id WHERE status = 'RUNNING' LIMIT 1";

}  // namespace

std::vector<std::string> Leftovers::fired_pipelines() {
  sqlite::Statement next(db_,
                         "SELECT pipeline FROM fire WHERE pipeline > ? ORDER BY pipeline LIMIT 1");
  std::vector<std::string> found;
  while (next.bind(found.empty() ? std::string() : found.back()).step())
    found.emplace_back(next.text(0));
  return found;
}

std::optional<FirePlace> Leftovers::remove_fires(const std::string& pipeline,
                                                 const std::optional<FirePlace>& behind,
                                                 Instant reasons_before) {
  const auto from = behind.value_or(FirePlace{Instant::min(), "", ""});
  std::vector<Fire> fires;
  {
    sqlite::Statement query(
        db_,
        "SELECT fire_ms, trigger_name, fire_key, kind <> 'files' AND (CASE outcome "
        "WHEN 'started' THEN NOT EXISTS (SELECT 1 FROM execution WHERE run_id = fire.run_id) "
        "WHEN 'queued' THEN 0 ELSE decided_ms < ?5 END) "
        "AND EXISTS (SELECT 1 FROM fire AS later INDEXED BY fire_time WHERE later.pipeline = ?1 "
        "AND later.fire_ms > fire.fire_ms AND later.trigger_name = fire.trigger_name) "
        "FROM fire INDEXED BY fire_time WHERE pipeline = ?1 "
        "AND (fire_ms, trigger_name, fire_key) > (?2, ?3, ?4) "
        "ORDER BY fire_ms, trigger_name, fire_key LIMIT ?6");
    query.bind(pipeline, millis(from.at), from.trigger, from.key, millis(reasons_before),
               fires_at_once);
    while (query.step())
      fires.push_back({{Instant{Millis{query.int64(0)}}, std::string(query.text(1)),
                        std::string(query.text(2))},
                       query.int64(3) != 0});
  }
  if (fires.empty()) return std::nullopt;
  sqlite::Transaction transaction(db_);
  sqlite::Statement remove(
      db_, "DELETE FROM fire WHERE pipeline = ? AND trigger_name = ? AND fire_key = ?");
  for (const auto& [place, is_useless] : fires)
    if (is_useless) remove.bind(pipeline, place.trigger, place.key).run();
  fault::point("keeping.before_commit");
  transaction.commit();
  fault::point("keeping.after_commit");
  return std::move(fires.back().place);
}

void Leftovers::remove_outages(Instant before) {
  sqlite::Statement(db_, "DELETE FROM outage WHERE until_ms < ?").bind(millis(before)).run();
}

// The runs are read before the transaction, which is short: it looks at those again that can have
// come to have the definition since.
std::int64_t Leftovers::remove_definitions() {
  std::int64_t newest = 0;
  std::vector<std::string> unused;
  {
    sqlite::Statement query(db_, "SELECT coalesce(max(id), 0) FROM execution");
    query.step();
    newest = query.int64(0);
  }
  {
    sqlite::Statement query(db_, unused_definitions);
    while (query.step()) unused.emplace_back(query.text(0));
  }
  if (unused.empty()) return 0;
  sqlite::Transaction transaction(db_);
  if (sqlite::Statement(db_, map_run_under_way).step()) return 0;
  std::int64_t removed = 0;
  for (const auto& hash : unused) {
    sqlite::Statement(db_, remove_definition).bind(hash, newest).run();
    removed += db_.changes();
  }
  transaction.commit();
  return removed;
}

}  // namespace orch::store
