#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"
#include "workers/data/select.h"
#include "workers/odbc/describe.h"
#include "workers/odbc/failures.h"
#include "workers/odbc/odbc.h"
#include "workers/odbc/reader.h"
#include "workers/odbc/select.h"
#include "workers/odbc/session.h"
#include "workers/odbc/watermark.h"

namespace orch::odbc {
namespace {

class OdbcSource final : public data::Source {
 public:
  explicit OdbcSource(Settings settings)
      : settings_(std::move(settings)), session_(connect(settings_)) {}

  std::string engine() const override { return std::string(session_.dialect->name); }
  data::Traits traits() const override { return {.typed = session_.dialect->typed}; }

  std::vector<data::Listed> list() override {
    return run("listing the tables", [&] { return list_relations(session_); });
  }
  std::vector<std::string> schemas() override {
    return run("listing the schemas", [&] { return list_schemas(session_); });
  }

  bool empty(const data::Relation& relation) override {
    const auto from = from_clause(session_, relation);
    return run("reading " + what(relation),
               [&] { return !session_.connection.value(first_row(session_, "1", from, "")); });
  }

  data::Table describe(const data::Relation& relation) override {
    if (!relation.query.empty()) {
      const auto query = enclosed_query(session_, relation.query);
      return run("describing the query", [&] { return describe_query(session_, query); });
    }
    auto found = run("describing table " + relation.table.display(),
                     [&] { return describe_table(session_, relation.table); });
    if (!found) throw missing(relation.table);
    return *std::move(found);
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override {
    const auto table = describe(from);
    const auto& column_found = data::column_of(table, column);
    return run("reading the watermark " + column, [&] {
      return largest_value(session_, column_found, from_clause(session_, found(from, table)),
                           data::both(condition_of(session_, where),
                                      quoted(session_, column_found.name) + " IS NOT NULL"));
    });
  }

  std::optional<data::WatermarkState> watermark() override { return watermark_; }
  boost::json::object position() override { return position_; }

 private:
  /// The relation by the name that the server has for it: servers that keep capitals find small
  /// ones.
  static data::Relation found(data::Relation relation, const data::Table& table) {
    if (relation.query.empty()) relation.table = table.name;
    return relation;
  }
  static std::string what(const data::Relation& relation) {
    return relation.query.empty() ? "table " + relation.table.display() : "the query";
  }
  Place place(std::string doing) const { return {"Source", settings_.display, std::move(doing)}; }

  template <class Work>
  std::invoke_result_t<Work> run(std::string doing, Work&& work) {
    return guarded(place(std::move(doing)), *session_.dialect, std::forward<Work>(work));
  }

  workers::TaskFailed missing(const data::TableName& name) {
    std::vector<std::string> names;
    for (const auto& each : list())
      names.push_back(name.schema.empty() ? each.name.name : each.name.display());
    return {"Source.TableMissing",
            fmt::format("no table {} at {}{}", name.display(), settings_.display,
                        did_you_mean(name.display(), names)),
            "`orch catalog discover` lists the tables of a connection",
            "ORCH-0430",
            {{"table", name.display()}}};
  }

  /// Where the server was when the view was taken.
  void note_position(Session& session, const std::string& view);

  Settings settings_;
  Session session_;
  boost::json::object position_;
  std::optional<data::WatermarkState> watermark_;
};

void OdbcSource::note_position(Session& session, const std::string& view) {
  position_ = {
      {"at", to_iso(wall_now())},
      {"view", view},
      {"server", fmt::format("{} {}", session.connection.product(), session.connection.version())},
      {"driver", session.connection.driver()}};
  for (const auto& one : session.dialect->positions) {
    try {
      if (const auto value = session.connection.value(std::string(one.sql)))
        position_[one.member] = *value;
    } catch (const Error&) {
      if (!one.needs_right) throw;
    }
  }
}

std::vector<std::unique_ptr<data::RowReader>> OdbcSource::open(const data::ReadRequest& asked) {
  const auto table = describe(asked.from);
  auto request = asked;
  request.from = found(asked.from, table);
  const auto author = condition_of(session_, request.where);
  return run("reading " + what(request.from), [&] {
    auto session = connect(settings_);
    note_position(session, begin_view(session));
    watermark_.reset();
    auto condition = author;
    if (request.watermark) {
      watermark_ = look_at_watermark(session, table, request, author);
      condition = data::both(condition, watermark_condition(session, table, *request.watermark));
    }
    auto plan = select_plan(session, table, request, condition);
    // What the server refuses of the statement, it refuses before anything is staged.
    session.connection.describe(plan.sql);
    std::vector<std::unique_ptr<data::RowReader>> readers;
    readers.push_back(
        make_reader(place("reading " + what(request.from)), std::move(session), std::move(plan)));
    return readers;
  });
}

}  // namespace

std::unique_ptr<data::Source> open_source(Settings settings) {
  return std::make_unique<OdbcSource>(std::move(settings));
}

data::Health ping(const Settings& settings) {
  auto session = connect(settings);
  return guarded(Place{"Source", settings.display, "connecting"}, *session.dialect, [&] {
    data::Health health;
    health.version = fmt::format("{} {} ({})", session.connection.product(),
                                 session.connection.version(), session.connection.driver());
    begin_view(session, &health.degraded);
    return health;
  });
}

}  // namespace orch::odbc
