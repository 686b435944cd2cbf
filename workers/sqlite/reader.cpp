#include "workers/sqlite/reader.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/db/sqlite_authorizer.h"
#include "workers/sqlite/names.h"

namespace orch::sqlite {
namespace {

/// Fills an empty cell with a value as it is stored; 0 and 1 of a column that is declared as
/// booleans are booleans. In place: a cell that is copied as a whole, right after its parts were
/// written, costs more than all else here.
void fill(data::Cell& cell, const Statement& row, int column, bool booleans) {
  using Type = data::Cell::Type;
  switch (row.storage(column)) {
    case Storage::integer:
      cell.integer = row.int64(column);
      cell.type =
          booleans && (cell.integer == 0 || cell.integer == 1) ? Type::boolean : Type::integer;
      break;
    case Storage::real:
      cell.real = row.real(column);
      cell.type = Type::real;
      break;
    case Storage::text:
      cell.bytes = row.text(column);
      cell.type = Type::text;
      break;
    case Storage::blob:
      cell.bytes = row.blob(column);
      cell.type = Type::blob;
      break;
    case Storage::null:
      break;
  }
}

/// Ends a statement that does not get to a row for very long: a view that recurses without an end,
/// a join that was forgotten.
class RowLimit {
 public:
  explicit RowLimit(const std::function<bool()>& stop)
      : stop_([this, &stop] { return stop() || too_long(); }) {}
  RowLimit(const RowLimit&) = delete;
  RowLimit& operator=(const RowLimit&) = delete;

  /// For a StopWatch.
  const std::function<bool()>& stop() const { return stop_; }

  bool step(Statement& rows) {
    ++rows_;
    try {
      return rows.step();
    } catch (const Error& error) {
      if (error.primary() != SQLITE_INTERRUPT || !too_long()) throw;
      throw Error("no row", SQLITE_ERROR,
                  fmt::format("no row for {} minutes", longest_without_a_row.count()));
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes longest_without_a_row{60};

  /// Asking the time for each row would cost more than to count it.
  bool too_long() {
    if (std::exchange(seen_, rows_) != rows_) since_ = Clock::now();
    return Clock::now() - since_ > longest_without_a_row;
  }

  std::function<bool()> stop_;
  std::int64_t rows_ = 0;  ///< that were asked for
  std::int64_t seen_ = 0;  ///< of these, when the time was asked
  Clock::time_point since_ = Clock::now();
};

class SqliteReader final : public data::RowReader {
 public:
  SqliteReader(Database db, const std::string& sql, Condition condition, std::vector<bool> booleans,
               bool rowid, std::string from, Place place)
      : db_(std::move(db)),
        condition_(std::move(condition)),
        reading_(db_, Authorizer::Permit::reading),
        rows_(db_, sql),
        booleans_(std::move(booleans)),
        rowid_(rowid),
        from_(std::move(from)),
        place_(std::move(place)) {
    condition_.bind(rows_);
  }

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    const auto columns = rows_.columns() - (rowid_ ? 1 : 0);
    data::RowBatch batch(static_cast<std::size_t>(columns));
    RowLimit limit(stop);
    const StopWatch watch(db_, limit.stop());
    while (guarded(place_, [&] { return next(limit); })) {
      add_row(batch);
      if (!batch.full()) continue;
      sink.rows(batch);
      batch.clear();
    }
    sink.rows(batch);
  }

 private:
  void add_row(data::RowBatch& batch) {
    const auto columns = rows_.columns() - (rowid_ ? 1 : 0);
    if (rowid_) last_rowid_ = rows_.int64(columns);
    const auto cells = batch.add(rowid_ ? std::optional(last_rowid_) : std::nullopt);
    for (std::size_t i = 0; i < cells.size(); ++i)
      fill(cells[i], rows_, static_cast<int>(i), booleans_[i]);
    batch.keep();
  }

  bool next(RowLimit& limit) {
    try {
      return limit.step(rows_);
    } catch (const Error& error) {
      if (error.primary() != SQLITE_TOOBIG) throw;
      throw workers::TaskFailed(
          "Source.ValueTooLarge",
          fmt::format("{}: {}: a value is larger than largest_row_mib allows: {}", place_.display,
                      place_.doing, too_large()),
          "exclude the column, leave the row out with \"where\", or raise largest_row_mib of the "
          "source's connection: reading takes three times as much memory",
          "ORCH-0446");
    }
  }

  /// The first row after the last one that has a value too large for SQLite to hand out.
  std::string too_large() {
    if (!rowid_) return "the row has no rowid to name it by";
    Statement row(db_, fmt::format("SELECT rowid FROM {} WHERE rowid > ?1 ORDER BY rowid", from_));
    row.bind(last_rowid_);
    while (row.step()) {
      for (int i = 0; i < rows_.columns() - 1; ++i) {
        const auto column = rows_.column_name(i);
        Statement value(db_,
                        fmt::format("SELECT {} FROM {} WHERE rowid = ?1", quote(column), from_));
        try {
          value.bind(row.int64(0)).step();
        } catch (const Error& error) {
          if (error.primary() != SQLITE_TOOBIG) throw;
          return fmt::format("column \"{}\" of rowid {}", column, row.int64(0));
        }
      }
    }
    return fmt::format("a row after rowid {}", last_rowid_);
  }

  Database db_;
  Condition condition_;  // its parameters are bound without a copy
  Authorizer reading_;   // the author's SQL and the views of the file only read
  Statement rows_;
  std::vector<bool> booleans_;
  bool rowid_;  ///< the last column is the rowid, for messages
  std::string from_;
  std::int64_t last_rowid_ = std::numeric_limits<std::int64_t>::min();
  Place place_;
};

}  // namespace

std::unique_ptr<data::RowReader> make_reader(Database db, const std::string& sql,
                                             Condition condition, std::vector<bool> booleans,
                                             bool rowid, std::string from, Place place) {
  return std::make_unique<SqliteReader>(std::move(db), sql, std::move(condition),
                                        std::move(booleans), rowid, std::move(from),
                                        std::move(place));
}

}  // namespace orch::sqlite
