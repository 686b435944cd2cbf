#include <algorithm>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/db/duckdb.h"
#include "workers/data/select.h"
#include "workers/duckdb/failures.h"
#include "workers/duckdb/open_file.h"
#include "workers/duckdb/relations.h"
#include "workers/duckdb/types.h"
#include "workers/duckdb/watermark.h"
#include "workers/files/failures.h"

namespace orch::duckdb {
namespace {

namespace fs = std::filesystem;

/// The database, or one in memory that sees the folder.
struct Opened {
  std::unique_ptr<OpenFile> file;  ///< of a database file
  Connection connection;
};

Opened connect(const Place& place) {
  std::error_code error;
  const auto path = fs::absolute(place.path);
  if (!place.folder) {
    if (!fs::is_regular_file(path, error))
      throw workers::TaskFailed("Connection.Down", place.display + ": there is no such file",
                                "the connection names a DuckDB database file", "ORCH-0443");
    auto file = std::make_unique<OpenFile>(path, FileUse::read, Waiting{});
    auto connection = file->connect();
    return {std::move(file), std::move(connection)};
  }
  files::ping(path, "Parquet files");
  Connection connection(
      {.path = {}, .temporary_folder = fs::temp_directory_path() / "orch-duckdb"});
  connection.exec("SET TimeZone = 'UTC'");
  connection.confine({path.string()});
  return {nullptr, std::move(connection)};
}

/// Reads the rows of one statement.
class Reader final : public data::RowReader {
 public:
  Reader(data::Place place, Opened opened, std::string sql, std::vector<data::Column> columns,
         std::vector<files::FileState> files)
      : place_(std::move(place)),
        opened_(std::move(opened)),
        sql_(std::move(sql)),
        columns_(std::move(columns)),
        files_(std::move(files)),
        batch_(columns_.size()) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    guarded(place_, [&] { rows(sink, stop); });
    for (const auto& file : files_)
      if (files::look(file.path) != file) throw files::changed(file.path.filename().string());
  }

 private:
  void rows(data::RowSink& sink, const std::function<bool()>& stop) {
    auto rows = opened_.connection.query(sql_);
    std::vector<CellMaker> makers;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      makers.emplace_back(rows.columns()[i], columns_[i]);
    while (rows.next()) {
      if (stop()) throw workers::Cancelled();
      std::vector<Values> values;
      for (std::size_t i = 0; i < columns_.size(); ++i) values.push_back(rows.values(i));
      for (std::size_t row = 0; row < rows.size(); ++row, ++read_) take(values, makers, row, sink);
    }
    sink.rows(batch_);
  }

  void take(const std::vector<Values>& values, std::vector<CellMaker>& makers, std::size_t row,
            data::RowSink& sink) {
    const auto cells = batch_.add();
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (!values[i].null(row) && !makers[i].make(values[i], row, cells[i])) refuse(columns_[i]);
    batch_.keep();
    if (!batch_.full()) return;
    sink.rows(batch_);
    batch_.clear();
  }

  [[noreturn]] void refuse(const data::Column& column) const {
    throw workers::TaskFailed(
        "Type.ValueRefused",
        fmt::format("{}: row {}: a value of {} ({}) is finer than a microsecond, or out of range",
                    place_.display, read_ + 1, column.name, column.native.shown()),
        "round it in a \"query\" (date_trunc('microsecond', …)), or exclude the column",
        "ORCH-0436", {{"column", column.name}, {"row", read_ + 1}});
  }

  data::Place place_;
  Opened opened_;
  std::string sql_;
  std::vector<data::Column> columns_;
  std::vector<files::FileState> files_;
  data::RowBatch batch_;
  std::int64_t read_ = 0;
};

class DuckdbSource final : public data::Source {
 public:
  explicit DuckdbSource(Place place)
      : place_(std::move(place)),
        opened_(guarded(doing("opening it"), [&] { return connect(place_); })),
        connection_(opened_.connection) {}

  std::string engine() const override { return place_.folder ? "parquet" : "duckdb"; }
  data::Traits traits() const override { return {.typed = true}; }

  std::vector<data::Listed> list() override {
    if (place_.folder) return list_parquet(place_.path);
    return guarded(doing("listing the tables"), [&] { return list_database(connection_); });
  }

  std::vector<std::string> schemas() override { return {}; }

  bool empty(const data::Relation& relation) override {
    return guarded(doing("reading " + what(relation)), [&] {
      const auto found = find_relation(connection_, place_, relation);
      return connection_.texts("SELECT '' FROM " + found.from + " LIMIT 1").empty();
    });
  }

  data::Table describe(const data::Relation& relation) override {
    return guarded(doing("describing " + what(relation)),
                   [&] { return find_relation(connection_, place_, relation).table; });
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override {
    return guarded(doing("reading the watermark " + column), [&]() -> std::optional<std::string> {
      const auto found = find_relation(connection_, place_, from);
      const auto& of = data::column_of(found.table, column);
      const auto largest =
          connection_.texts(fmt::format("SELECT CAST(max({}) AS VARCHAR) FROM {}{}", quote(of.name),
                                        found.from, data::where_clause(condition_of(where))));
      if (largest.front().front().empty()) return std::nullopt;
      return largest.front().front();
    });
  }

  std::optional<data::WatermarkState> watermark() override { return watermark_; }
  boost::json::object position() override { return position_; }

 private:
  static std::string what(const data::Relation& relation) {
    return relation.query.empty() ? "table " + relation.table.display() : "the query";
  }
  data::Place doing(std::string text) const { return {"Source", place_.display, std::move(text)}; }

  Place place_;
  Opened opened_;
  Connection& connection_;
  boost::json::object position_;
  std::optional<data::WatermarkState> watermark_;
};

std::vector<std::unique_ptr<data::RowReader>> DuckdbSource::open(const data::ReadRequest& request) {
  const auto place = doing("reading " + what(request.from));
  return guarded(place, [&] {
    // One statement sees one state of a database; Parquet files are compared afterwards.
    auto opened = connect(place_);
    auto& connection = opened.connection;
    const auto relation = find_relation(connection, place_, request.from);
    auto files = relation.files;
    if (!place_.folder) files = {files::look(fs::absolute(place_.path))};
    position_ =
        files.empty() ? boost::json::object{{"at", to_iso(wall_now())}} : files::position_of(files);
    position_["library"] = library_version();
    auto condition = condition_of(request.where);
    watermark_.reset();
    if (request.watermark) {
      watermark_ = look_at_watermark(connection, relation, *request.watermark, condition);
      condition = data::both(condition, watermark_condition(relation.table, *request.watermark));
    }
    std::vector<std::string> selected_columns;
    std::vector<data::Column> columns;
    for (const auto& name : request.columns) {
      columns.push_back(data::column_of(relation.table, name));
      selected_columns.push_back(selected(columns.back(), quote(columns.back().name)));
    }
    auto sql = fmt::format("SELECT {} FROM {}{}", fmt::join(selected_columns, ", "), relation.from,
                           data::where_clause(condition));
    std::vector<std::unique_ptr<data::RowReader>> readers;
    readers.push_back(std::make_unique<Reader>(place, std::move(opened), std::move(sql),
                                               std::move(columns), std::move(files)));
    return readers;
  });
}

}  // namespace

std::unique_ptr<data::Source> open_source(Place place) {
  return std::make_unique<DuckdbSource>(std::move(place));
}

std::string ping(const Place& place) {
  return guarded(data::Place{"Source", place.display, "opening it"}, [&] {
    connect(place);
    return library_version();
  });
}

}  // namespace orch::duckdb
