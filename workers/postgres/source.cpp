#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "workers/postgres/decoder.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/largest_value.h"
#include "workers/postgres/listing.h"
#include "workers/postgres/names.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/select.h"
#include "workers/postgres/session.h"
#include "workers/postgres/user_types.h"
#include "workers/postgres/watermark.h"

namespace orch::postgres {
namespace {

using data::Kind;

// Whatever is read from a source is read in a transaction that cannot write: conditions, views and
// types of its users run with this connection's rights.
constexpr const char* begin_reading = "BEGIN READ ONLY";

/// Throws TaskFailed "Source.Changed" when a table that this transaction has locked (one of a view
/// or a query, too) was truncated or rewritten since its snapshot: neither leaves old versions of
/// rows, and the snapshot finds none. The function tells the file of now, the row that of then.
void check_rewritten(pg::Connection& connection, const Place& place) {
  const auto found = connection.exec(
      "SELECT c.oid::regclass::text FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
      "l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'm') AND "
      "c.relfilenode <> 0 AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid) LIMIT 1");
  if (found.rows() == 0) return;
  throw workers::TaskFailed(
      "Source.Changed",
      fmt::format("{}: {}: {} was truncated or rewritten after the snapshot was taken",
                  place.display, place.doing, found.text(0, 0)),
      "a retry reads the table as it is then", "ORCH-0433");
}

/// One part, on a connection of its own.
class Reader final : public data::RowReader {
 public:
  Reader(Place place, KeptSession session, std::string select, data::RowFormat format,
         std::vector<Kind> kinds, LargestValue largest)
      : place_(std::move(place)),
        session_(std::move(session)),
        select_(std::move(select)),
        format_(format),
        kinds_(std::move(kinds)),
        largest_(std::move(largest)) {}

  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    guarded(place_, [&] {
      try {
        copy(sink, stop);
      } catch (const pg::Error& error) {
        if (error.sqlstate() != pg::row_too_large) throw;
        throw value_too_large(place_, largest_.find());
      }
      check_rewritten(*session_, place_);
      session_->exec("COMMIT");
    });
  }

 private:
  void copy(data::RowSink& sink, const std::function<bool()>& stop) {
    if (format_ != data::RowFormat::cells)
      return copy_rows(
          *session_, select_, format_, [&](std::string_view row) { sink.encoded(row); }, stop);
    Decoder decoder(kinds_);
    data::RowBatch batch(kinds_.size());
    copy_rows(
        *session_, select_, data::RowFormat::pg_binary,
        [&](std::string_view row) {
          decoder.decode(row, batch.add());
          batch.keep();
          if (!batch.full()) return;
          sink.rows(batch);
          batch.clear();
        },
        stop);
    sink.rows(batch);
  }

  Place place_;
  KeptSession session_;
  std::string select_;
  data::RowFormat format_;
  std::vector<Kind> kinds_;
  LargestValue largest_;
};

class PostgresSource final : public data::Source {
  using Readers = std::vector<std::unique_ptr<data::RowReader>>;

 public:
  explicit PostgresSource(Settings settings)
      : settings_(std::move(settings)),
        session_(guarded(place("connecting"), [&] { return connect_to_all_rows(settings_); })),
        connection_(*session_) {}

  std::string engine() const override { return engine_name; }
  bool splits_tables() const override { return true; }
  data::Traits traits() const override { return {.typed = true, .family = family_name}; }

  std::vector<data::Listed> list() override {
    return reading(place("listing the tables"), [&] { return list_relations(connection_); });
  }

  std::vector<std::string> schemas() override {
    return reading(place("listing the schemas"), [&] { return list_schemas(connection_); });
  }

  bool empty(const data::Relation& relation) override {
    return reading(place("reading " + what(relation)), [&] {
      return !connection_.exec(fmt::format("SELECT EXISTS (SELECT FROM {})", from_clause(relation)))
                  .boolean(0, 0);
    });
  }

  data::Table describe(const data::Relation& relation) override {
    auto found = look_at(relation);
    const auto& columns = found.table.columns;
    const bool foreign = std::any_of(columns.begin(), columns.end(),
                                     [](const auto& column) { return column.kind == Kind::other; });
    if (foreign)
      found.table.types = reading(place("describing the types of the columns"), [&] {
        return user_types(connection_, found.table, found.type_oids);
      });
    return std::move(found.table);
  }

  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;

  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override {
    return reading(place("reading the watermark " + column), [&] {
      const auto found =
          connection_.exec(fmt::format("SELECT max({})::text FROM {}{}", pg::quote(column),
                                       from_clause(from), where_clause(where)));
      return found.optional(0, 0);
    });
  }

  std::string change_mark(const data::Relation& relation) override {
    if (!relation.query.empty()) return {};
    return guarded(place("reading " + what(relation)),
                   [&] { return postgres::change_mark(connection_, relation.table); });
  }
  std::optional<data::WatermarkState> watermark() override { return watermark_; }
  boost::json::object position() override { return position_; }

 private:
  static std::string what(const data::Relation& relation) {
    return relation.query.empty() ? "table " + relation.table.display() : "the query";
  }

  Place place(std::string doing) const { return {"Source", settings_.display, std::move(doing)}; }

  /// guarded(), in a transaction of its own that only reads.
  template <class Work>
  std::invoke_result_t<Work> reading(const Place& place, Work&& work) {
    return guarded(place, [&] {
      const pg::Transaction transaction(connection_, begin_reading);
      return work();
    });
  }

  Described look_at(const data::Relation& relation) {
    const auto doing = relation.query.empty() ? "describing table " + relation.table.display()
                                              : std::string("describing the query");
    auto found = reading(place(doing), [&] { return look_inside(relation); });
    if (found) return std::move(*found);
    throw missing(relation.table);
  }

  /// In the transaction that is under way; nothing when there is no such table.
  std::optional<Described> look_inside(const data::Relation& relation) {
    if (relation.query.empty()) return describe_table(connection_, relation.table);
    check_query(relation.query);
    return describe_query(connection_, relation.query);
  }

  workers::TaskFailed missing(const data::TableName& table) {
    const auto near =
        reading(place("listing the tables"), [&] { return explain_missing(connection_, table); });
    return {"Source.TableMissing",
            fmt::format("no table {} at {}{}", table.display(), settings_.display, near),
            "`orch catalog discover` lists the tables of a connection", "ORCH-0430"};
  }

  /// Returns the name of the snapshot, for sessions that are to see the same.
  std::string note_position() {
    const auto now = connection_.exec(
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE "
        "pg_current_wal_lsn()::text END, pg_current_snapshot()::text, "
        "current_setting('server_version'), to_char(clock_timestamp() AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), pg_export_snapshot()");
    position_ = {{"at", std::string(now.text(0, 3))},
                 {"lsn", std::string(now.text(0, 0))},
                 {"snapshot", std::string(now.text(0, 1))},
                 {"server_version", std::string(now.text(0, 2))}};
    return std::string(now.text(0, 4));
  }

  Settings settings_;
  KeptSession session_;
  pg::Connection& connection_;
  boost::json::object position_;
  std::optional<data::WatermarkState> watermark_;
};

std::vector<std::unique_ptr<data::RowReader>> PostgresSource::open(
    const data::ReadRequest& request) {
  const auto doing = place("reading " + what(request.from));
  auto opened = guarded(doing, [&]() -> std::optional<Readers> {
    // This connection exports the snapshot that all parts read, until each has taken it over.
    // Keeping it longer would show describe() an old catalog and keep VACUUM from the source for as
    // long as this object lives.
    const pg::Transaction transaction(connection_, begin_snapshot);
    const auto snapshot = note_position();
    const auto found = look_inside(request.from);
    if (!found) return std::nullopt;
    const auto& described = *found;
    const auto plan = select_plan(described, request);
    // What the server refuses of the statement, it refuses before anything is staged.
    connection_.exec("EXPLAIN " + plan.select(""));
    watermark_.reset();
    if (request.watermark)
      watermark_ = look_at_watermark(connection_, described.table, request, plan.from, plan.author);
    Readers readers;
    for (const auto& range : page_ranges(described, request, connection_.server_version())) {
      auto session = connect_to_all_rows(settings_);
      session->limit_rows(static_cast<std::size_t>(settings_.largest_row_mib) << 20);
      session->exec(begin_at(snapshot));
      readers.push_back(std::make_unique<Reader>(doing, std::move(session), plan.select(range),
                                                 request.format, plan.kinds,
                                                 LargestValue(settings_, described, request)));
    }
    return readers;
  });
  if (!opened) throw missing(request.from.table);
  return *std::move(opened);
}

}  // namespace

std::unique_ptr<data::Source> open_source(Settings settings) {
  return std::make_unique<PostgresSource>(std::move(settings));
}

}  // namespace orch::postgres
