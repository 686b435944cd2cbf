#include "orchestrator/store/sqlite/turn.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/pipeline_rows.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

// A row of `history` is full with the event that reaches this size; SQLite takes no row of 1 GB.
constexpr std::size_t row_bytes = std::size_t{64} << 20;

// From how many bytes on a text is packed before it is written: what one commit writes to the disk
// all others wait for. It is the same commit: a crash keeps the whole of a turn or nothing, and
// readers know packed rows from runs that have ended (packing.h).
constexpr std::size_t packed_from = std::size_t{256} << 10;

// Half of what it costs to write an end is the statement.
constexpr std::size_t ends_at_once = 32;

std::string ends_sql(std::size_t rows) {
  std::string sql = "INSERT OR REPLACE INTO history_end (execution_id, last_id) VALUES (?, ?)";
  while (--rows > 0) sql += ", (?, ?)";
  return sql;
}

// The text of one row of `history`: as many of the events as it takes, at least one. How many.
std::size_t write_events(std::string& text, std::span<const execution::Event> events) {
  fault::point("store.encode");
  std::size_t written = 0;
  text = "[";
  while (written < events.size() && text.size() < row_bytes) {
    if (written > 0) text += ',';
    execution::append_json(text, events[written++]);
  }
  text += ']';
  return written;
}

// Rows are packed and go, and the order of commits is that of their numbers: none comes twice.
std::int64_t new_history_row(sqlite::Database& db) {
  sqlite::Statement last(db,
                         "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM history), "
                         "(SELECT coalesce(max(id), 0) FROM packed_history))");
  last.step();
  return last.int64(0);
}

}  // namespace

TurnKit::TurnKit(sqlite::Database& the_db)
    : db(the_db),
      begin(db, "BEGIN IMMEDIATE"),
      commit(db, "COMMIT"),
      rollback(db, "ROLLBACK"),
      keep_definition(db, keep_definition_sql),
      add(db,
          "INSERT INTO execution (run_id, name, workflow, definition_hash, input, connections, "
          "started_ms, arn, machine_arn, role, trace_header, alias, revision, version, express, "
          "parent, parent_map_run, child_index, child_items, starter, starter_ticket, "
          "starter_waits, request, made_checksum, outcome_checksum, status) VALUES (?, ?, ?, ?, "
          "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING')"),
      add_pipeline_run(
          db,
          "INSERT INTO pipeline_run (execution_id, pipeline, revision, trigger_name, "
          "kind, fire_ms, backfill, checksum, begun_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
          "?)"),
      append(db,
             "INSERT INTO history (id, execution_id, first_id, last_id, events, checksum) "
             "VALUES (?, ?, ?, ?, ?, ?)"),
      append_packed(db,
                    "INSERT INTO packed_history (id, execution_id, first_id, last_id, events, "
                    "checksum) VALUES (?, ?, ?, ?, ?, ?)"),
      set_end(db, ends_sql(1)),
      set_ends(db, ends_sql(ends_at_once)),
      outcome(db,
              "UPDATE execution SET status = ?1, ended_ms = ?2, output = ?3, error = ?4, "
              "cause = ?5, redrive_count = ?6, paused_ms = NULL, set_aside = NULL, "
              "outcome_checksum = ?7, "
              "claims_checksum = CASE WHEN ?1 <> 'SUCCEEDED' THEN claims_checksum END "
              "WHERE id = ?8"),
      set_definition(db, "UPDATE execution SET definition_hash = ? WHERE id = ?"),
      set_paused(
          db,
          "UPDATE execution SET paused_ms = ?, set_aside = NULL, waits_for = NULL WHERE id = ?"),
      set_claims_checksum(db, "UPDATE execution SET claims_checksum = ? WHERE id = ?"),
      drop_claims(db, "DELETE FROM claim WHERE execution_id = ?"),
      add_claim(db, "INSERT INTO claim (execution_id, name) VALUES (?, ?)"),
      // To write a column that refers to its own table makes SQLite write all indexes anew.
      set_waits_for(db,
                    "UPDATE execution SET waits_for = ?1 WHERE id = ?2 AND waits_for IS NOT ?1"),
      set_resumed(db,
                  "UPDATE execution SET connections = ?, catalog = ?, request = ?, resumes = ?, "
                  "made_checksum = ? WHERE id = ?"),
      drop_progress(db, "DELETE FROM progress WHERE execution_id = ?"),
      add_progress(db,
                   "INSERT INTO progress (execution_id, ticket, key, phase, row_count, byte_count, "
                   "expected, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      keep_map_run(db,
                   "INSERT OR IGNORE INTO map_run (name, execution_id, event_id, items) "
                   "VALUES (?, ?, ?, ?)"),
      set_map_run_items(db, "UPDATE map_run SET items = ? WHERE name = ?"),
      set_map_run_limits(db,
                         "UPDATE map_run SET max_concurrency = coalesce(?, max_concurrency), "
                         "tolerated_count = coalesce(?, tolerated_count), "
                         "tolerated_percentage = coalesce(?, tolerated_percentage) "
                         "WHERE name = ?"),
      any_claims(sqlite::Statement(db, "SELECT 1 FROM claim LIMIT 1").step()),
      any_progress(sqlite::Statement(db, "SELECT 1 FROM progress LIMIT 1").step()),
      next_row(new_history_row(db)) {}

SqliteTurn::SqliteTurn(TurnKit& kit, const Guard& guard) : kit_(kit), guard_(guard) {
  kit_.ends.clear();
  guard_([&] { kit_.begin.bind().run(); });
}

SqliteTurn::~SqliteTurn() {
  if (!open_) return;
  try {
    kit_.rollback.bind().run();
  } catch (const sqlite::Error& error) {
    // After some errors (a full disk) SQLite has rolled back by itself.
    log::debug("rollback: {}", error.reason());
  }
}

void SqliteTurn::keep_definition(const std::string& hash, const std::string& text) {
  guard_([&] { kit_.keep_definition.bind(hash, text).run(); });
}

ExecutionId SqliteTurn::add(const NewExecution& made) {
  fault::point("store.write");
  return guard_([&] {
    const auto& service = made.service;
    std::optional<std::int64_t> parent, map_run, index, items;
    if (made.parent) {
      parent = number(made.parent->execution);
      map_run = made.parent->map_run;
      index = made.parent->index;
      items = made.parent->items;
    }
    std::optional<std::int64_t> starter, starter_ticket, waits;
    if (made.starter) {
      starter = number(made.starter->execution);
      starter_ticket = made.starter->ticket;
      waits = made.starter->waits ? 1 : 0;
    }
    std::optional<std::string> request;
    if (!made.request.empty()) request = made.request;
    kit_.add.bind(made.run_id, made.name, made.workflow, made.definition_hash, made.input,
                  made.connections, millis(made.started_at), service.arn, service.machine_arn,
                  service.role, service.trace_header, service.alias, service.revision,
                  service.version, service.express ? 1 : 0, parent, map_run, index, items, starter,
                  starter_ticket, waits, request, made_checksum(made, "", 0), outcome_checksum({}));
    kit_.add.run();
    // Not RETURNING: that makes a temporary table for each execution.
    const ExecutionId id{kit_.db.last_rowid()};
    if (const auto& link = made.pipeline)
      kit_.add_pipeline_run
          .bind(number(id), link->pipeline, link->revision, link->trigger, link->kind,
                millis(link->fire_time), link->backfill, checksum_of(made.run_id, *link),
                millis(made.started_at))
          .run();
    return id;
  });
}

void SqliteTurn::append(ExecutionId id, std::span<const execution::Event> events) {
  while (!events.empty()) {
    const auto row = events.first(write_events(kit_.text, events));
    events = events.subspan(row.size());
    const bool large = kit_.text.size() >= packed_from;
    if (large) kit_.text = pack(kit_.text, Effort::quick);
    guard_([&] {
      auto& insert = large ? kit_.append_packed : kit_.append;
      insert.reset();
      insert.set_integer(1, kit_.next_row++);
      insert.set_integer(2, number(id));
      insert.set_integer(3, row.front().id);
      insert.set_integer(4, row.back().id);
      large ? insert.set_blob(5, kit_.text) : insert.set_text(5, kit_.text);
      insert.set_integer(6, checksum_of(number(id), row.front().id, row.back().id, kit_.text));
      insert.run();
      insert.reset();  // gives the text back before it changes
    });
    kit_.ends.emplace_back(id, row.back().id);
  }
}

void SqliteTurn::discard(ExecutionId id, execution::EventId from) {
  // After some errors SQLite has rolled back, and what follows would be committed line by line.
  if (sqlite3_get_autocommit(kit_.db.handle()) != 0)
    throw Error("ORCH-0211", "the run store has given up a transaction by itself");
  guard_([&] {
    for (const char* table : {"history", "packed_history"})
      sqlite::Statement(kit_.db, fmt::format("DELETE FROM {} WHERE execution_id = ? AND "
                                             "first_id >= ?",
                                             table))
          .bind(number(id), from)
          .run();
  });
  kit_.ends.emplace_back(id, from - 1);
}

void SqliteTurn::write_ends() {
  std::span<const std::pair<ExecutionId, execution::EventId>> left(kit_.ends);
  while (!left.empty()) {
    const bool many = left.size() >= ends_at_once;
    auto& insert = many ? kit_.set_ends : kit_.set_end;
    const auto rows = left.first(many ? ends_at_once : 1);
    left = left.subspan(rows.size());
    insert.reset();
    int index = 0;
    for (const auto& [id, last] : rows) {
      insert.set_integer(++index, number(id));
      insert.set_integer(++index, last);
    }
    insert.run();
  }
}

void SqliteTurn::set_outcome(const ExecutionRow& row) {
  fault::point("store.write");
  std::optional<std::int64_t> ended;
  if (row.ended_at) ended = millis(*row.ended_at);
  guard_([&] {
    kit_.outcome
        .bind(to_string(row.status), ended, row.output, row.error, row.cause, row.redrive_count,
              outcome_checksum(row), number(row.id))
        .run();
    if (row.ended_at && kit_.any_claims) kit_.set_waits_for.bind(nullptr, number(row.id)).run();
    if (row.status == execution::Status::succeeded && kit_.any_claims)
      kit_.drop_claims.bind(number(row.id)).run();
    if (row.ended_at && kit_.any_progress) kit_.drop_progress.bind(number(row.id)).run();
  });
}

void SqliteTurn::set_definition(ExecutionId id, const std::string& hash) {
  guard_([&] { kit_.set_definition.bind(hash, number(id)).run(); });
}

void SqliteTurn::set_resumed(const ExecutionRow& row) {
  std::optional<std::string> request;
  if (!row.made.request.empty()) request = row.made.request;
  guard_([&] {
    kit_.set_resumed
        .bind(row.made.connections, row.catalog, request, row.resumes,
              made_checksum(row.made, row.catalog, row.resumes), number(row.id))
        .run();
  });
}

void SqliteTurn::set_paused(ExecutionId id, std::optional<Instant> since) {
  std::optional<std::int64_t> ms;
  if (since) ms = millis(*since);
  guard_([&] { kit_.set_paused.bind(ms, number(id)).run(); });
}

void SqliteTurn::set_aside(ExecutionId id, Instant since, const std::string& why) {
  guard_([&] {
    sqlite::Statement(kit_.db,
                      "UPDATE execution SET paused_ms = ?, set_aside = ?, waits_for = NULL "
                      "WHERE id = ?")
        .bind(millis(since), why, number(id))
        .run();
  });
}

// "suspect:RUN" counts the deaths; stores of older versions know one, in two rows.
void SqliteTurn::set_suspects(std::span<const Suspect> suspects) {
  guard_([&] {
    sqlite::Statement(kit_.db, "DELETE FROM meta WHERE name GLOB 'suspect*'").run();
    for (const auto& suspect : suspects)
      sqlite::Statement(kit_.db,
                        "INSERT INTO meta (name, value) VALUES ('suspect:' || ?1, "
                        "CAST(?2 AS TEXT))")
          .bind(number(suspect.run), suspect.deaths)
          .run();
  });
}

void SqliteTurn::set_claims(ExecutionId id, std::span<const std::string> names) {
  guard_([&] {
    kit_.any_claims = true;
    kit_.drop_claims.bind(number(id)).run();
    for (const auto& name : names) kit_.add_claim.bind(number(id), name).run();
    kit_.set_claims_checksum.bind(claims_checksum(names), number(id)).run();
  });
}

void SqliteTurn::set_waits_for(ExecutionId id, std::optional<ExecutionId> other) {
  std::optional<std::int64_t> holder;
  if (other) holder = number(*other);
  kit_.any_claims = kit_.any_claims || other;
  guard_([&] { kit_.set_waits_for.bind(holder, number(id)).run(); });
}

void SqliteTurn::set_progress(ExecutionId id, std::span<const ProgressRow> rows) {
  guard_([&] {
    kit_.any_progress = true;
    kit_.drop_progress.bind(number(id)).run();
    for (const auto& row : rows)
      kit_.add_progress
          .bind(number(id), static_cast<std::int64_t>(row.ticket), row.key, row.phase, row.rows,
                row.bytes, row.expected_rows, millis(row.at))
          .run();
  });
}

void SqliteTurn::keep_map_run(const MapRunRow& row) {
  fault::point("store.write");
  guard_(
      [&] { kit_.keep_map_run.bind(row.name, number(row.execution), row.event, row.items).run(); });
}

void SqliteTurn::set_map_run_items(const std::string& name, std::int64_t items) {
  guard_([&] { kit_.set_map_run_items.bind(items, name).run(); });
}

void SqliteTurn::set_map_run_limits(const std::string& name, const MapRunLimits& limits) {
  guard_([&] {
    kit_.set_map_run_limits
        .bind(limits.max_concurrency, limits.tolerated_count, limits.tolerated_percentage, name)
        .run();
  });
}

CommitResult SqliteTurn::try_commit() {
  try {
    fault::point("store.commit");
    guard_([&] {
      write_ends();
      kit_.commit.bind().run();
    });
  } catch (...) {
    // Where SQLite has not rolled back by itself, nothing has reached the disk. Otherwise the pages
    // may be in its log all the same.
    open_ = sqlite3_get_autocommit(kit_.db.handle()) == 0;
    return {open_ ? CommitOutcome::failed : CommitOutcome::unknown, std::current_exception()};
  }
  open_ = false;
  try {
    fault::point("store.committed");
  } catch (...) {
    return {CommitOutcome::unknown, std::current_exception()};
  }
  return {};
}

}  // namespace orch::store
