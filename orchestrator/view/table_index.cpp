#include "orchestrator/view/table_index.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/private_file.h"
#include "orchestrator/json/text.h"

namespace orch::view {
namespace {

namespace sql = orch::sqlite;

// Another number: the file is emptied, and filled again from the histories.
constexpr std::int64_t version = 3;

constexpr const char* schema = R"(
DROP TABLE IF EXISTS place;
DROP TABLE IF EXISTS brief;
CREATE TABLE place (
  position INTEGER NOT NULL,  -- in the journal of the store
  mark     TEXT    NOT NULL   -- of what stands there
) STRICT;
INSERT INTO place VALUES (0, '');
-- What one run did to one table.
CREATE TABLE brief (
  execution_id INTEGER NOT NULL,
  key          TEXT    NOT NULL,
  connections  TEXT    NOT NULL,
  run_id       TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  workflow     TEXT    NOT NULL,
  started_ms   INTEGER NOT NULL,  -- Unix ms, UTC; likewise all *_ms
  outcome      INTEGER NOT NULL,  -- view::Outcome
  row_count    INTEGER,
  byte_count   INTEGER,           -- read of the source
  duration_ms  INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  state        TEXT    NOT NULL,
  resource     TEXT    NOT NULL,
  error        TEXT    NOT NULL,
  message      TEXT    NOT NULL,
  code         TEXT    NOT NULL,
  loaded       INTEGER,           -- rows that it published; NULL: it did not
  published_ms INTEGER,
  as_of_ms     INTEGER,
  pipeline     TEXT    NOT NULL,
  PRIMARY KEY (execution_id, key)
) STRICT, WITHOUT ROWID;
)";

// A table's rows lie by pipeline, so that the newest that a reader may see is found without reading
// those that it may not. Files of the same version may have the indexes that served before.
constexpr const char* indexes = R"(
DROP INDEX IF EXISTS brief_of_table;
DROP INDEX IF EXISTS brief_loaded;
CREATE INDEX IF NOT EXISTS brief_part ON brief (key, connections, pipeline, execution_id);
CREATE INDEX IF NOT EXISTS brief_part_loaded ON brief (key, connections, pipeline, execution_id)
  WHERE loaded IS NOT NULL;
)";

constexpr const char* columns =
    "execution_id, key, connections, run_id, name, workflow, started_ms, outcome, row_count, "
    "duration_ms, attempts, state, resource, error, message, code, loaded, published_ms, as_of_ms, "
    "pipeline, byte_count";

constexpr const char* loaded_only = "AND loaded IS NOT NULL";

std::int64_t number(store::ExecutionId id) { return static_cast<std::int64_t>(id); }
std::int64_t millis(Instant at) { return at.time_since_epoch().count(); }
Instant instant(std::int64_t ms) { return Instant{Millis{ms}}; }

std::optional<std::int64_t> integer(const sql::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return row.int64(column);
}

TableBrief read_brief(const sql::Statement& row) {
  TableBrief brief;
  brief.execution = store::ExecutionId{row.int64(0)};
  brief.key = row.text(1);
  brief.connections = row.text(2);
  brief.run = row.text(3);
  brief.name = row.text(4);
  brief.workflow = row.text(5);
  brief.started = instant(row.int64(6));
  brief.outcome = static_cast<Outcome>(row.int64(7));
  brief.rows = integer(row, 8);
  brief.duration = Millis{row.int64(9)};
  brief.attempts = row.int64(10);
  brief.state = row.text(11);
  brief.resource = row.text(12);
  brief.error = row.text(13);
  brief.message = row.text(14);
  brief.code = row.text(15);
  brief.pipeline = row.text(19);
  brief.bytes = integer(row, 20);
  if (row.null(16)) return brief;
  brief.load = Load{row.int64(16), instant(row.int64(17)), {}};
  if (!row.null(18)) brief.load->as_of = instant(row.int64(18));
  return brief;
}

void write_brief(sql::Statement& insert, const TableBrief& brief) {
  std::optional<std::int64_t> loaded, published, as_of;
  if (brief.load) {
    loaded = brief.load->rows;
    published = millis(brief.load->published);
    if (brief.load->as_of) as_of = millis(*brief.load->as_of);
  }
  insert
      .bind(number(brief.execution), brief.key, brief.connections, brief.run, brief.name,
            brief.workflow, millis(brief.started), static_cast<std::int64_t>(brief.outcome),
            brief.rows, brief.duration.count(), brief.attempts, brief.state, brief.resource,
            brief.error, brief.message, brief.code, loaded, published, as_of, brief.pipeline,
            brief.bytes)
      .run();
}

bool counts(const OfPipelines& pipelines, const std::string& pipeline) {
  return !pipelines || std::ranges::find(*pipelines, pipeline) != pipelines->end();
}

std::vector<TableBrief> every(sql::Statement& query) {
  std::vector<TableBrief> found;
  while (query.step()) found.push_back(read_brief(query));
  return found;
}

}  // namespace

TableBrief brief_of(const store::ExecutionRow& row, const TableLine& table, Instant now) {
  TableBrief brief;
  brief.execution = row.id;
  brief.run = row.made.run_id;
  brief.name = row.made.name;
  brief.workflow = row.made.workflow;
  brief.connections = row.made.connections;
  if (row.made.pipeline) brief.pipeline = row.made.pipeline->pipeline;
  brief.started = row.made.started_at;
  brief.key = table.key;
  brief.outcome = table.outcome;
  brief.rows = table.rows();
  brief.bytes = table.bytes();
  brief.duration = table.duration(now);
  brief.attempts = table.attempts();
  if (!table.steps.empty()) {
    brief.state = table.steps.back().state;
    brief.resource = table.steps.back().resource;
  }
  if (const auto* failure = table.failure()) {
    brief.error = failure->error;
    brief.message = failure->message;
    brief.code = failure->code;
  }
  brief.load = load_of(table);
  return brief;
}

std::filesystem::path table_index_file(std::filesystem::path store) {
  store += ".tables";
  return store;
}

TableIndex::TableIndex(const std::filesystem::path& path) : db_((make_private_file(path), path)) {
  // What is lost with the machine's power is read again from the store.
  db_.exec("PRAGMA synchronous = NORMAL");
  sql::Statement made(db_, "PRAGMA user_version");
  const bool fits = made.step() && made.int64(0) == version;
  made.reset();
  if (!fits) clear();
  db_.exec(indexes);
  db_.keep_statements();
}

void TableIndex::clear() {
  sql::Transaction transaction(db_);
  db_.exec(schema);
  db_.exec(indexes);
  db_.exec(fmt::format("PRAGMA user_version = {}", version));
  transaction.commit();
}

TableIndex::Place TableIndex::place() {
  sql::Statement query(db_, "SELECT position, mark FROM place");
  if (!query.step()) return {};
  return {query.int64(0), std::string(query.text(1))};
}

void TableIndex::keep(std::span<const TableBrief> briefs, const Place& place) {
  sql::Transaction transaction(db_);
  sql::Statement insert(db_, fmt::format("INSERT OR REPLACE INTO brief ({}) VALUES (?, ?, ?, ?, ?, "
                                         "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                         columns));
  for (const auto& brief : briefs) write_brief(insert, brief);
  sql::Statement(db_, "UPDATE place SET position = ?, mark = ?")
      .bind(place.position, place.mark)
      .run();
  transaction.commit();
}

void TableIndex::forget(const std::function<bool(store::ExecutionId)>& gone) {
  std::vector<store::ExecutionId> dropped;
  sql::Statement query(db_, "SELECT DISTINCT execution_id FROM brief");
  while (query.step())
    if (const store::ExecutionId id{query.int64(0)}; gone(id)) dropped.push_back(id);
  query.reset();
  sql::Transaction transaction(db_);
  for (const auto id : dropped)
    sql::Statement(db_, "DELETE FROM brief WHERE execution_id = ?").bind(number(id)).run();
  transaction.commit();
}

template <class... Values>
std::optional<TableIndex::Part> TableIndex::first_part(const char* which, const Values&... values) {
  sql::Statement query(db_, fmt::format("SELECT key, connections, pipeline FROM brief WHERE {} "
                                        "ORDER BY key, connections, pipeline LIMIT 1",
                                        which));
  if (!query.bind(values...).step()) return std::nullopt;
  return Part{std::string(query.text(0)), std::string(query.text(1)), std::string(query.text(2))};
}

// One column after the other: a comparison of all three at once would go through the rows of the
// present part, which may have thousands.
std::optional<TableIndex::Part> TableIndex::part_after(const Part& at) {
  auto next = first_part("key = ? AND connections = ? AND pipeline > ?", at.key, at.connections,
                         at.pipeline);
  return next ? next : part_after_table(at.key, at.connections);
}

std::optional<TableIndex::Part> TableIndex::part_after_table(const std::string& key,
                                                             const std::string& connections) {
  auto next = first_part("key = ? AND connections > ?", key, connections);
  return next ? next : first_part("key > ?", key);
}

std::optional<std::int64_t> TableIndex::newest(const Part& of, const char* which,
                                               std::int64_t below) {
  sql::Statement query(
      db_, fmt::format("SELECT execution_id FROM brief WHERE key = ? AND connections = ? AND "
                       "pipeline = ? AND execution_id < ? {} ORDER BY execution_id DESC LIMIT 1",
                       which));
  if (!query.bind(of.key, of.connections, of.pipeline, below).step()) return std::nullopt;
  return query.int64(0);
}

std::optional<TableBrief> TableIndex::newest(std::span<const Part> of, const char* which,
                                             std::int64_t below) {
  std::optional<std::int64_t> found;
  for (const auto& part : of) found = std::max(found, newest(part, which, below));
  if (!found) return std::nullopt;
  sql::Statement query(
      db_, fmt::format("SELECT {} FROM brief WHERE execution_id = ? AND key = ?", columns));
  if (!query.bind(*found, of.front().key).step()) return std::nullopt;
  return read_brief(query);
}

std::optional<TableNow> TableIndex::table_of(std::span<const Part> parts) {
  constexpr auto any = INT64_MAX;
  auto latest = newest(parts, "", any);
  if (!latest) return std::nullopt;
  TableNow now{std::move(*latest), newest(parts, loaded_only, any), {}};
  if (now.loaded) now.before = newest(parts, loaded_only, number(now.loaded->execution));
  return now;
}

std::vector<TableNow> TableIndex::tables(const std::optional<std::string>& workflow,
                                         const std::pair<std::string, std::string>& after,
                                         std::int64_t limit, const OfPipelines& pipelines) {
  std::vector<TableNow> found;
  auto next = part_after_table(after.first, after.second);
  while (next && std::ssize(found) < limit) {
    std::vector<Part> parts;
    const auto table = *next;
    for (; next && next->key == table.key && next->connections == table.connections;
         next = part_after(*next))
      if (counts(pipelines, next->pipeline)) parts.push_back(*next);
    auto now = table_of(parts);
    if (now && (!workflow || now->latest.workflow == *workflow)) found.push_back(std::move(*now));
  }
  return found;
}

std::vector<TableBrief> TableIndex::runs_of(const std::string& key,
                                            std::optional<store::ExecutionId> behind,
                                            std::int64_t limit, const OfPipelines& pipelines) {
  sql::Statement query(
      db_,
      fmt::format("SELECT {} FROM brief INDEXED BY brief_part WHERE key = ? AND connections = ? "
                  "AND pipeline = ? AND execution_id < ? ORDER BY execution_id DESC LIMIT ?",
                  columns));
  std::vector<TableBrief> found;
  for (auto part = first_part("key = ?", key); part && part->key == key; part = part_after(*part)) {
    if (!counts(pipelines, part->pipeline)) continue;
    query.bind(key, part->connections, part->pipeline, behind ? number(*behind) : INT64_MAX, limit);
    std::ranges::move(every(query), std::back_inserter(found));
  }
  std::ranges::sort(found, std::greater{}, &TableBrief::execution);
  if (std::ssize(found) > limit) found.resize(static_cast<std::size_t>(limit));
  return found;
}

std::vector<TableBrief> TableIndex::of_runs(std::span<const store::ExecutionId> runs) {
  std::vector<std::int64_t> ids;
  for (const auto id : runs) ids.push_back(number(id));
  sql::Statement query(db_, fmt::format("SELECT {} FROM brief WHERE execution_id IN (SELECT value "
                                        "FROM json_each(?)) ORDER BY key, connections",
                                        columns));
  query.bind(fmt::format("[{}]", fmt::join(ids, ",")));
  return every(query);
}

}  // namespace orch::view
