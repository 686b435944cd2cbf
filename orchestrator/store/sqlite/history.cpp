#include "orchestrator/store/sqlite/history.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

using execution::Event;
using execution::EventId;

/// A row of `history`, the events of one run in one turn, or of `packed_history`, those of many.
/// Reads the columns id, first_id, last_id, events and checksum, from `column` on.
class Batch {
 public:
  Batch(const sqlite::Statement& row, int column, ExecutionId run)
      : row_(row), column_(column), run_(run) {}

  EventId first() const { return row_.int64(column_ + 1); }
  EventId last() const { return row_.int64(column_ + 2); }

  /// Throws std::runtime_error, which tells what is wrong, when they are not what was written.
  std::vector<Event> events() const {
    const auto list = json::parse(text());
    std::vector<Event> found;
    if (!list.is_array()) throw std::runtime_error("are no JSON array");
    for (const auto& item : list.get_array()) {
      found.push_back(execution::event_from_json(item));
      if (found.back().id != first() + std::ssize(found) - 1)
        throw std::runtime_error("are not numbered like this");
    }
    if (found.empty() || found.back().id != last()) throw std::runtime_error("are not complete");
    return found;
  }

  std::string place() const {
    return fmt::format("events {} to {} (row {} of table {})", first(), last(), row_.int64(column_),
                       packed() ? "packed_history" : "history");
  }

 private:
  bool packed() const { return row_.storage(column_ + 3) == sqlite::Storage::blob; }

  std::string text() const {
    const auto stored = packed() ? row_.blob(column_ + 3) : row_.text(column_ + 3);
    // Rows of older versions have no checksum.
    if (!row_.null(column_ + 4) &&
        row_.int64(column_ + 4) != checksum_of(number(run_), first(), last(), stored))
      throw std::runtime_error("do not have their checksum");
    return packed() ? unpack(stored) : std::string(stored);
  }

  const sqlite::Statement& row_;
  int column_;
  ExecutionId run_;
};

[[noreturn]] void refuse(sqlite::Database& db, const std::string& store, ExecutionId id,
                         const std::string& what) {
  sqlite::Statement named(db, "SELECT run_id FROM execution WHERE id = ?");
  const bool known = named.bind(number(id)).step();
  refuse_damaged(fmt::format("the run store {} is damaged: run {}: {}", store,
                             known ? named.text(0) : "without a row", what));
}

std::vector<Event> sound_events(sqlite::Database& db, const std::string& store, ExecutionId id,
                                const Batch& batch) {
  try {
    return batch.events();
  } catch (const std::runtime_error& error) {
    refuse(db, store, id, fmt::format("{} {}", batch.place(), error.what()));
  }
}

// The last event that was written; 0: unknown, the run is of an older version.
EventId end_of(sqlite::Database& db, ExecutionId id) {
  sqlite::Statement query(db, "SELECT last_id FROM history_end WHERE execution_id = ?");
  return query.bind(number(id)).step() ? query.int64(0) : 0;
}

}  // namespace

void read_history(sqlite::Database& db, const std::string& store, ExecutionId id, EventId after,
                  const std::function<void(Event)>& take) {
  const auto end = end_of(db, id);  // first: an owner may write meanwhile
  // One statement: rows are packed while others read.
  sqlite::Statement query(db,
                          "SELECT id, first_id, last_id, events, checksum FROM history "
                          "WHERE execution_id = ?1 AND last_id > ?2 UNION ALL "
                          "SELECT id, first_id, last_id, events, checksum FROM packed_history "
                          "WHERE execution_id = ?1 AND last_id > ?2 ORDER BY first_id");
  query.bind(number(id), after);
  auto next = after + 1;
  while (query.step()) {
    const Batch batch(query, 0, id);
    if (batch.first() > next)
      refuse(db, store, id, fmt::format("events {} to {} are missing", next, batch.first() - 1));
    auto events = sound_events(db, store, id, batch);
    for (auto& event : events) {
      if (event.id >= next) take(std::move(event));
    }
    next = batch.last() + 1;
  }
  if (next <= end) refuse(db, store, id, fmt::format("events {} to {} are missing", next, end));
}

std::map<ExecutionId, Instant> read_last_recorded(sqlite::Database& db, const std::string& store) {
  // Large events are packed as they come, so that the latest may be in either table.
  constexpr const char* latest =
      "SELECT execution.id, batch.id, first_id, last_id, events, checksum FROM execution "
      "INDEXED BY execution_running JOIN {0} AS batch ON execution_id = execution.id "
      "AND first_id = (SELECT max(first_id) FROM {0} WHERE execution_id = execution.id) "
      "WHERE status = 'RUNNING' AND NOT EXISTS (SELECT 1 FROM {1} WHERE execution_id = "
      "execution.id AND first_id > batch.first_id)";
  sqlite::Statement query(
      db, fmt::format("{} UNION ALL {}", fmt::format(latest, "history", "packed_history"),
                      fmt::format(latest, "packed_history", "history")));
  std::map<ExecutionId, Instant> found;
  while (query.step()) {
    const ExecutionId id{query.int64(0)};
    try {
      found[id] = sound_events(db, store, id, Batch(query, 1, id)).back().at;
    } catch (const Error& error) {
      log::debug("{}", error.what());  // told of when the run is taken up
    }
  }
  return found;
}

}  // namespace orch::store
