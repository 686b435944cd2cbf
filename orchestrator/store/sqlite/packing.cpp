#include "orchestrator/store/sqlite/packing.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

using execution::EventId;

// What a state hands on comes again within one run, seldom after so much: and whoever reads an
// event unpacks all that lie with it.
constexpr std::size_t part_bytes = std::size_t{2} << 20;

// A shorter payload takes less room than a row for it.
constexpr std::size_t least_payload = 512;

/// Rows of `history` that lie one after the other, as one text.
struct Part {
  ExecutionId run{};
  std::int64_t row = 0;  ///< the last one's id
  std::int64_t rows = 0;
  EventId first = 0;
  EventId last = 0;
  std::string text;  ///< JSON array
  bool more = false;
};

// The first run with rows that are not packed, of those that ended in time.
std::optional<ExecutionId> next_run(sqlite::Database& db, ExecutionId after, Instant ended_before) {
  sqlite::Statement next(db, "SELECT min(execution_id) FROM history WHERE execution_id > ?");
  sqlite::Statement ended(db, "SELECT 1 FROM execution WHERE id = ? AND ended_ms < ?");
  for (auto run = number(after);;) {
    if (!next.bind(run).step() || next.null(0)) return std::nullopt;
    run = next.int64(0);
    if (ended.bind(run, millis(ended_before)).step()) return ExecutionId{run};
  }
}

// Large events are packed as they come, and lie between others.
bool is_packed(sqlite::Database& db, ExecutionId run, EventId first) {
  sqlite::Statement query(db,
                          "SELECT 1 FROM packed_history WHERE execution_id = ? AND first_id = ?");
  return query.bind(number(run), first).step();
}

// False: the row is not what was written.
bool add_row(Part& part, const sqlite::Statement& row) {
  const auto events = row.text(3);
  const auto first = row.int64(1), last = row.int64(2);
  if (!row.null(4) && row.int64(4) != checksum_of(number(part.run), first, last, events))
    return false;
  if (events.size() < 2 || (part.rows > 0 && first != part.last + 1)) return false;
  if (part.rows++ == 0) {
    part.first = first;
    part.text = events;
  } else {
    part.text.back() = ',';
    part.text += events.substr(1);
  }
  part.row = row.int64(0);
  part.last = last;
  return true;
}

std::optional<Part> read_part(sqlite::Database& db, ExecutionId run) {
  sqlite::Statement query(db,
                          "SELECT id, first_id, last_id, events, checksum FROM history "
                          "WHERE execution_id = ? ORDER BY first_id");
  query.bind(number(run));
  Part part;
  part.run = run;
  while (query.step()) {
    const bool apart = part.rows > 0 && query.int64(1) != part.last + 1;
    if ((apart && is_packed(db, run, part.last + 1)) ||
        (part.rows > 0 && part.text.size() + query.text(3).size() > part_bytes)) {
      part.more = true;
      break;
    }
    if (!add_row(part, query)) return std::nullopt;
  }
  return part;
}

// The row of `payload` with this text; unset where another text has its hash.
std::optional<std::int64_t> keep_payload(sqlite::Database& db, const std::string& text) {
  const auto hash = definition_hash(text);
  sqlite::Statement known(db, "SELECT id, text FROM payload WHERE hash = ?");
  if (known.bind(hash).step()) {
    if (unpack(known.blob(1)) != text) return std::nullopt;
    return known.int64(0);
  }
  const auto frame = pack(text);
  sqlite::Statement insert(db, "INSERT INTO payload (hash, text) VALUES (?1, ?2)");
  insert.set_text(1, hash);
  insert.set_blob(2, frame);
  insert.run();
  return db.last_rowid();
}

void pack_payloads(sqlite::Database& db, const std::string& store, ExecutionId run) {
  sqlite::Statement query(db, fmt::format("SELECT {} FROM execution WHERE id = ?", row_columns));
  if (!query.bind(number(run)).step()) return;
  const auto row = read_row(query, store);
  if (!row.damage.empty()) return;
  std::optional<std::int64_t> input, output;
  if (row.made.input.size() >= least_payload) input = keep_payload(db, row.made.input);
  if (row.output && row.output->size() >= least_payload) output = keep_payload(db, *row.output);
  if (!input && !output) return;
  sqlite::Statement(db,
                    "INSERT OR REPLACE INTO packed_payload (execution_id, input, output) "
                    "VALUES (?, ?, ?)")
      .bind(number(run), input, output)
      .run();
  sqlite::Statement(db,
                    "UPDATE execution SET input = CASE WHEN ?2 IS NULL THEN input ELSE '' END, "
                    "output = CASE WHEN ?3 IS NULL THEN output ELSE '' END WHERE id = ?1")
      .bind(number(run), input, output)
      .run();
}

void insert(sqlite::Database& db, const Part& part, const std::string& frame) {
  sqlite::Statement insert(
      db,
      "INSERT INTO packed_history (id, execution_id, first_id, last_id, events, "
      "checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert.set_integer(1, part.row);
  insert.set_integer(2, number(part.run));
  insert.set_integer(3, part.first);
  insert.set_integer(4, part.last);
  insert.set_blob(5, frame);
  insert.set_integer(6, checksum_of(number(part.run), part.first, part.last, frame));
  insert.run();
}

// Does nothing when the run has gone on since it was read.
void replace(sqlite::Database& db, const std::string& store, const Part& part,
             const std::string& frame, Instant ended_before) {
  sqlite::Transaction transaction(db);
  sqlite::Statement ended(db, "SELECT 1 FROM execution WHERE id = ? AND ended_ms < ?");
  if (!ended.bind(number(part.run), millis(ended_before)).step()) return;
  ended.reset();
  insert(db, part, frame);
  sqlite::Statement(db, "DELETE FROM history WHERE execution_id = ? AND first_id BETWEEN ? AND ?")
      .bind(number(part.run), part.first, part.last)
      .run();
  if (db.changes() != part.rows) return;
  if (!part.more) pack_payloads(db, store, part.run);
  fault::point("keeping.before_commit");
  transaction.commit();
  fault::point("keeping.after_commit");
}

}  // namespace

std::optional<ExecutionId> pack_some(sqlite::Database& db, const std::string& store,
                                     ExecutionId after, Instant ended_before) {
  const auto run = next_run(db, after, ended_before);
  if (!run) return std::nullopt;
  const auto part = read_part(db, *run);
  if (!part) {
    log::debug("{}: run number {} is damaged and stays unpacked", store, number(*run));
    return run;
  }
  if (part->rows > 0) replace(db, store, *part, pack(part->text), ended_before);
  return part->more ? ExecutionId{number(*run) - 1} : *run;
}

}  // namespace orch::store
