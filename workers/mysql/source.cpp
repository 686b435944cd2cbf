#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "workers/data/select.h"
#include "workers/mysql/describe.h"
#include "workers/mysql/failures.h"
#include "workers/mysql/mysql.h"
#include "workers/mysql/select.h"
#include "workers/mysql/session.h"
#include "workers/mysql/types.h"
#include "workers/mysql/watermark.h"
#include "workers/rows/text_cell.h"

namespace orch::mysql {
namespace {

// Whatever is read is read in a transaction that cannot write: conditions and views of the source's
// users run with this connection's rights.
constexpr const char* begin_reading = "START TRANSACTION READ ONLY";
constexpr const char* begin_snapshot = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
constexpr std::int64_t rows_between_stops = 4096;

/// Reads one statement in the transaction that open() began.
class Reader final : public data::RowReader {
 public:
  Reader(Place place, Connection connection, SelectPlan plan)
      : place_(std::move(place)),
        connection_(std::move(connection)),
        plan_(std::move(plan)),
        scratch_(plan_.kinds.size()),
        batch_(plan_.kinds.size()) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    guarded(place_, [&] {
      try {
        rows(sink, stop);
      } catch (const Error& error) {
        if (error.number() != row_too_large) throw;
        throw workers::TaskFailed(
            "Source.ValueTooLarge",
            fmt::format("{}: {}: a row is larger than largest_row_mib allows", place_.display,
                        place_.doing),
            "exclude the column, leave the row out with \"where\", or raise largest_row_mib of "
            "the source's connection: reading takes three times as much memory",
            "ORCH-0446");
      }
      connection_.exec("COMMIT");
    });
  }

 private:
  void rows(data::RowSink& sink, const std::function<bool()>& stop) {
    auto rows = connection_.query(plan_.sql);
    std::int64_t read = 0;
    while (rows.next()) {
      if (++read % rows_between_stops == 0 && stop()) throw workers::Cancelled();
      const auto cells = batch_.add();
      for (std::size_t i = 0; i < cells.size(); ++i)
        if (!rows.null(i)) cells[i] = rows::cell_of(plan_.kinds[i], rows.text(i), scratch_[i]);
      batch_.keep();
      if (!batch_.full()) continue;
      sink.rows(batch_);
      batch_.clear();
    }
    sink.rows(batch_);
  }

  Place place_;
  Connection connection_;
  SelectPlan plan_;
  std::vector<std::string> scratch_;  ///< bytes of the last row's cells
  data::RowBatch batch_;
};

class MysqlSource final : public data::Source {
 public:
  explicit MysqlSource(Settings settings)
      : settings_(std::move(settings)),
        connection_(guarded(place("connecting"), [&] { return connect(settings_); })) {}

  std::string engine() const override { return engine_name; }
  data::Traits traits() const override { return {.typed = true}; }

  std::vector<data::Listed> list() override {
    return guarded(place("listing the tables"),
                   [&] { return list_relations(connection_, database()); });
  }

  std::vector<std::string> schemas() override {
    if (!database().empty()) return {};
    return guarded(place("listing the databases"), [&] { return list_databases(connection_); });
  }

  bool empty(const data::Relation& relation) override {
    const auto from = from_clause(relation);
    return reading("reading " + what(relation), [&] {
      return !connection_.value(fmt::format("SELECT 1 FROM {} LIMIT 1", from));
    });
  }

  data::Table describe(const data::Relation& relation) override {
    if (!relation.query.empty()) {
      const auto query = enclosed_query(relation.query);
      return guarded(place("describing the query"),
                     [&] { return describe_query(connection_, query); });
    }
    auto found = guarded(place("describing table " + relation.table.display()),
                         [&] { return describe_table(connection_, relation.table, database()); });
    if (!found) throw missing(relation.table);
    return *std::move(found);
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override {
    const auto table = describe(from);
    const auto& found = data::column_of(table, column);
    return reading("reading the watermark " + column, [&] {
      return connection_.value(fmt::format(
          "SELECT {} FROM {}{} ORDER BY {} DESC LIMIT 1", watermark_text(found), from_clause(from),
          data::where_clause(data::both(condition_of(where), quote(found.name) + " IS NOT NULL")),
          quote(found.name)));
    });
  }

  std::optional<data::WatermarkState> watermark() override { return watermark_; }
  boost::json::object position() override { return position_; }

 private:
  static std::string what(const data::Relation& relation) {
    return relation.query.empty() ? "table " + relation.table.display() : "the query";
  }

  const std::string& database() const { return settings_.options.database; }
  Place place(std::string doing) const { return {"Source", settings_.display, std::move(doing)}; }

  /// guarded(), in a transaction of its own that only reads.
  template <class Work>
  std::invoke_result_t<Work> reading(std::string doing, Work&& work) {
    return guarded(place(std::move(doing)), [&] {
      connection_.exec(begin_reading);
      auto result = work();
      connection_.exec("COMMIT");
      return result;
    });
  }

  workers::TaskFailed missing(const data::TableName& name) {
    std::vector<std::string> names;
    for (const auto& each : list()) names.push_back(each.name.display());
    return {"Source.TableMissing",
            fmt::format("no table {} at {}{}", name.display(), settings_.display,
                        did_you_mean(name.display(), names)),
            "`orch catalog discover` lists the tables of a connection",
            "ORCH-0430",
            {{"table", name.display()}}};
  }

  /// Where the binary log was when the snapshot was taken: of MariaDB, which alone tells.
  void note_position(Connection& connection);

  Settings settings_;
  Connection connection_;
  boost::json::object position_;
  std::optional<data::WatermarkState> watermark_;
};

void MysqlSource::note_position(Connection& connection) {
  auto at = connection.value("SELECT date_format(utc_timestamp(3), '%Y-%m-%dT%T.%f')").value_or("");
  at = at.substr(0, at.size() - 3) + "Z";  // %f has six digits
  position_ = {{"at", at}, {"server_version", connection.server_version()}};
  std::string file, offset;
  {
    auto status = connection.query(
        "SHOW SESSION STATUS WHERE variable_name IN ('Binlog_snapshot_file', "
        "'Binlog_snapshot_position')");
    while (status.next()) (status.text(0).ends_with("file") ? file : offset) = status.text(1);
  }
  if (file.empty()) return;
  position_["binlog_file"] = file;
  position_["binlog_position"] = offset;
  const auto gtid =
      connection.value(fmt::format("SELECT binlog_gtid_pos({}, {})", literal(file), offset));
  if (gtid && !gtid->empty()) position_["gtid"] = *gtid;
}

std::vector<std::unique_ptr<data::RowReader>> MysqlSource::open(const data::ReadRequest& request) {
  const auto table = describe(request.from);
  const auto author = condition_of(request.where);
  return guarded(place("reading " + what(request.from)), [&] {
    auto connection = connect(settings_);
    connection.exec("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    connection.exec(begin_snapshot);
    note_position(connection);
    watermark_.reset();
    auto condition = author;
    if (request.watermark) {
      watermark_ = look_at_watermark(connection, table, request, author);
      condition = data::both(condition, watermark_condition(table, *request.watermark));
    }
    auto plan = select_plan(table, request, condition);
    // What the server refuses of the statement, it refuses before anything is staged.
    connection.describe(plan.sql);
    std::vector<std::unique_ptr<data::RowReader>> readers;
    readers.push_back(std::make_unique<Reader>(place("reading " + what(request.from)),
                                               std::move(connection), std::move(plan)));
    return readers;
  });
}

}  // namespace

std::unique_ptr<data::Source> open_source(Settings settings) {
  return std::make_unique<MysqlSource>(std::move(settings));
}

std::string ping(const Settings& settings) {
  return guarded(Place{"Source", settings.display, "connecting"},
                 [&] { return connect(settings).server_version(); });
}

}  // namespace orch::mysql
