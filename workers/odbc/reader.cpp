#include "workers/odbc/reader.h"

#include <utility>

#include <fmt/format.h>

namespace orch::odbc {
namespace {

constexpr std::int64_t rows_between_stops = 4096;

class Reader final : public data::RowReader {
 public:
  Reader(Place place, Session session, SelectPlan plan)
      : place_(std::move(place)),
        session_(std::move(session)),
        plan_(std::move(plan)),
        scratch_(plan_.columns.size()),
        batch_(plan_.columns.size()) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    guarded(place_, *session_.dialect, [&] {
      try {
        rows(sink, stop);
      } catch (const TooLong& value) {
        refuse(value);
      }
      if (session_.dialect->reading.manual) session_.connection.commit();
    });
  }

 private:
  void rows(data::RowSink& sink, const std::function<bool()>& stop) {
    std::vector<Fetch> fetches;
    for (const auto& column : plan_.columns) fetches.push_back(column.fetch);
    auto rows = session_.connection.query(plan_.sql, fetches);
    while (rows.next()) {
      if (++read_ % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      const auto cells = batch_.add();
      for (std::size_t i = 0; i < cells.size(); ++i) fill(cells[i], rows, plan_.places[i]);
      batch_.keep();
      if (!batch_.full()) continue;
      sink.rows(batch_);
      batch_.clear();
    }
    sink.rows(batch_);
  }

  void fill(data::Cell& cell, const Rows& rows, std::size_t place) {
    if (rows.null(place)) return;
    try {
      cell = cell_of(plan_.columns[place], rows, place, scratch_[place]);
    } catch (const BadText& bad) {
      throw workers::TaskFailed("Type.ValueRefused",
                                fmt::format("{}: {}: row {}: {}: {}", place_.display, place_.doing,
                                            read_, plan_.names[place], bad.what()),
                                "correct it at the source, or leave the row out with \"where\"",
                                "ORCH-0436", {{"column", plan_.names[place]}, {"row", read_}});
    }
  }

  [[noreturn]] void refuse(const TooLong& value) const {
    const auto& column = plan_.names[value.column()];
    throw workers::TaskFailed(
        "Source.ValueTooLarge",
        fmt::format("{}: {}: a value of {} is longer than {}", place_.display, place_.doing, column,
                    value.declared() ? "its type says" : "largest_row_mib allows"),
        value.declared() ? "a \"query\" that casts the column to a longer type reads it"
                         : "exclude the column, leave the row out with \"where\", or raise "
                           "largest_row_mib of the source's connection",
        "ORCH-0446", {{"column", column}});
  }

  Place place_;
  Session session_;
  SelectPlan plan_;
  std::vector<Scratch> scratch_;  ///< bytes of the last row's cells
  data::RowBatch batch_;
  std::int64_t read_ = 0;
};

}  // namespace

std::unique_ptr<data::RowReader> make_reader(Place place, Session session, SelectPlan plan) {
  return std::make_unique<Reader>(std::move(place), std::move(session), std::move(plan));
}

}  // namespace orch::odbc
