#include <algorithm>
#include <array>
#include <cstdint>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/db/sqlite_authorizer.h"
#include "orchestrator/db/sqlite_db.h"
#include "workers/data/failure.h"
#include "workers/data/watermark.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/failures.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/range.h"
#include "workers/sqlite/reader.h"
#include "workers/sqlite/sqlite.h"
#include "workers/sqlite/watermark.h"

namespace orch::sqlite {
namespace fs = std::filesystem;
namespace {

/// Of each column of the request: it is declared as booleans.
std::vector<bool> boolean_columns(const data::Table& table, const data::ReadRequest& request) {
  std::vector<bool> booleans;
  for (const auto& name : request.columns)
    booleans.push_back(
        std::any_of(table.columns.begin(), table.columns.end(), [&](const data::Column& column) {
          return column.kind == data::Kind::boolean && same_name(column.name, name);
        }));
  return booleans;
}

/// The counter in the file's header that every transaction in rollback mode raises; in WAL mode
/// only checkpoints do (sqlite.org/fileformat2.html#file_change_counter). Read by SQLite's own
/// descriptor: to open and close the file beside it would end all locks that this process holds on
/// it, and a writer would change it under the read (sqlite.org/howtocorrupt.html, 2.2).
std::uint32_t change_counter(Database& db) {
  std::array<char, 4> bytes{};
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file && file->pMethods) file->pMethods->xRead(file, bytes.data(), bytes.size(), 24);
  std::uint32_t counter = 0;
  for (const char byte : bytes) counter = counter << 8 | static_cast<unsigned char>(byte);
  return counter;
}

/// Sizes and times of the file and of its log: of all its tables.
std::string state_of(const fs::path& path) {
  std::string text;
  for (const auto& file : {path, fs::path(path.string() + "-wal")}) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0 || found.st_size == 0) continue;
    text += fmt::format("{} {} {}.{} ", found.st_ino, found.st_size, found.st_mtim.tv_sec,
                        found.st_mtim.tv_nsec);
  }
  return text;
}

/// SQLite reads a file only when asked for something in it.
/// Reads the schema and connects its virtual tables: some modules (rtree) then prepare statements
/// of their own that write, which an Authorizer would refuse later.
void read_schema(Database& db) {
  Statement tables(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = 0");
  while (tables.step()) {
    try {
      Statement(db, "SELECT 1 FROM main." + quote(tables.text(0)));
    } catch (const Error&) {
      continue;  // no such module, or a damaged table: said when that table is read
    }
  }
}

Database open_checked(const fs::path& path) {
  Database db(path, Access::read_only);
  read_schema(db);
  return db;
}

class SqliteSource final : public data::Source {
 public:
  SqliteSource(fs::path path, std::string display, std::function<bool()> stop, int largest_mib)
      : path_(std::move(path)),
        display_(std::move(display)),
        stop_(stop ? std::move(stop) : [] { return false; }),
        db_(guarded(place("opening the database"), [&] { return open_checked(path_); })),
        watch_(db_, stop_),
        largest_mib_(largest_mib) {}

  std::string engine() const override { return engine_name; }
  data::Traits traits() const override { return {.family = family_name, .order = order_name}; }
  std::vector<data::Listed> list() override {
    return guarded(place("listing the tables"), [&] { return list_relations(db_); });
  }
  std::vector<std::string> schemas() override { return {}; }
  bool empty(const data::Relation& relation) override;
  data::Table describe(const data::Relation& relation) override { return look_at(relation).table; }
  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override;
  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override;
  std::string change_mark(const data::Relation& relation) override {
    return relation.query.empty() ? state_of(path_) : "";
  }
  std::optional<data::WatermarkState> watermark() override { return watermark_; }
  boost::json::object position() override { return position_; }

 private:
  Place place(std::string doing) const { return {"Source", display_, std::move(doing)}; }
  Place reading(const data::Relation& from) const {
    return place(from.query.empty() ? "reading table " + from.table.name : "running the query");
  }

  Described look_at(const data::Relation& relation);
  Described look_at_query(const std::string& query);
  workers::TaskFailed missing(const data::TableName& name);
  workers::TaskFailed refused(const Error& error) const;
  void check_columns(const data::ReadRequest& request, const data::Table& table) const;
  void note_position(Database& db);
  Condition rows_of(Database& db, const data::ReadRequest& request, const data::Table& table);
  static std::string select_sql(const data::ReadRequest& request, const std::string& rowid,
                                const Condition& rows);

  fs::path path_;
  std::string display_;
  std::function<bool()> stop_;
  Database db_;
  StopWatch watch_;
  int largest_mib_;  ///< of a value; 0: any
  boost::json::object position_;
  std::optional<data::WatermarkState> watermark_;
};

bool SqliteSource::empty(const data::Relation& relation) {
  return guarded(reading(relation), [&] {
    Statement any(db_, fmt::format("SELECT 1 FROM {} LIMIT 1", from_clause(relation)));
    return !any.step();
  });
}

workers::TaskFailed SqliteSource::missing(const data::TableName& name) {
  std::vector<std::string> names;
  for (const auto& each : list()) names.push_back(each.name.name);
  return {"Source.TableMissing",
          fmt::format("{}: no table \"{}\"{}", display_, name.display(),
                      did_you_mean(name.name, names)),
          "`orch catalog discover` lists the tables of a connection",
          "ORCH-0430",
          {{"table", name.display()}}};
}

/// What the author of the catalog wrote is not SQL to SQLite.
workers::TaskFailed SqliteSource::refused(const Error& error) const {
  return {"Source.QueryFailed",
          fmt::format("{}: the query is refused: {}", display_, error.reason()),
          "\"query\" is one SELECT, \"where\" one condition", "ORCH-0431"};
}

Described SqliteSource::look_at_query(const std::string& query) {
  Described described;
  try {
    described.table = describe_query(db_, query);
  } catch (const Error& error) {
    throw refused(error);
  }
  for (const auto& column : described.table.columns) {
    const auto same = [&](const data::Column& other) { return same_name(other.name, column.name); };
    if (std::count_if(described.table.columns.begin(), described.table.columns.end(), same) > 1)
      throw workers::TaskFailed(
          "Source.QueryFailed",
          fmt::format("{}: the query has column \"{}\" twice", display_, column.name),
          "give the columns names of their own with AS", "ORCH-0431");
  }
  return described;
}

Described SqliteSource::look_at(const data::Relation& relation) {
  if (!relation.query.empty()) return look_at_query(relation.query);
  const auto& name = relation.table;
  if (!name.schema.empty() && !same_name(name.schema, "main")) throw missing(name);
  return guarded(reading(relation), [&] {
    auto described = describe_table(db_, name.name);
    if (!described) throw missing(name);
    return *std::move(described);
  });
}

void SqliteSource::check_columns(const data::ReadRequest& request, const data::Table& table) const {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  auto wanted = request.columns;
  if (request.watermark) wanted.push_back(request.watermark->column);
  for (const auto& column : wanted) {
    const auto same = [&](const std::string& name) { return same_name(name, column); };
    if (std::any_of(names.begin(), names.end(), same)) continue;
    throw workers::TaskFailed(
        "Source.ColumnMissing",
        fmt::format("{}: no column \"{}\" in {}{}", display_, column,
                    request.from.query.empty() ? request.from.table.display() : "the query",
                    did_you_mean(column, names)),
        "the catalog names columns that the source has", "ORCH-0445", {{"column", column}});
  }
}

void SqliteSource::note_position(Database& db) {
  Statement pragma(db,
                   "SELECT d.data_version, s.schema_version, p.page_count * z.page_size "
                   "FROM pragma_data_version d, pragma_schema_version s, pragma_page_count p, "
                   "pragma_page_size z");
  pragma.step();
  const auto now = wall_now();
  position_ = {{"at", to_iso(now)},
               {"data_version", pragma.int64(0)},
               {"schema_version", pragma.int64(1)},
               {"bytes", pragma.int64(2)},
               {"change_counter", change_counter(db)}};
}

std::string SqliteSource::select_sql(const data::ReadRequest& request, const std::string& rowid,
                                     const Condition& rows) {
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < request.columns.size(); ++i) {
    const bool plain = i >= request.expressions.size() || request.expressions[i].empty();
    columns.push_back(plain ? qualified(request.from, request.columns[i]) : request.expressions[i]);
  }
  if (!rowid.empty()) columns.push_back(rowid);
  return fmt::format("SELECT {} FROM {}{}{}", fmt::join(columns, ", "), from_clause(request.from),
                     rows.sql, rowid.empty() ? "" : " ORDER BY " + rowid);
}

/// The condition of the rows to read; looks at the watermark, too.
Condition SqliteSource::rows_of(Database& db, const data::ReadRequest& request,
                                const data::Table& table) {
  watermark_.reset();
  auto rows = condition(db, request.from, table.columns, request.where, std::nullopt);
  if (!request.watermark) return rows;
  const Authorizer reads(db, Authorizer::Permit::reading);
  const auto& range = *request.watermark;
  watermark_ = look_at_values(db, request.from, table, range, rows.sql);
  const auto& order = watermark_->order;
  data::check_order(range, order);
  const auto term = watermark_term(request.from, range, order, rows.parameters);
  if (!term.empty()) rows.sql += (rows.sql.empty() ? " WHERE " : " AND ") + term;
  watermark_->upto = largest_value(db, request.from, range.column, order, rows);
  if (!watermark_->upto) watermark_->upto = range.after;
  return rows;
}

std::vector<std::unique_ptr<data::RowReader>> SqliteSource::open(const data::ReadRequest& request) {
  const auto described = look_at(request.from);
  check_columns(request, described.table);
  const auto rowid = described.rowid.empty()
                         ? std::string{}
                         : quote(described.table.name.name) + "." + described.rowid;
  return guarded(reading(request.from), [&] {
    Database db(path_, Access::read_only);
    if (largest_mib_ > 0)
      sqlite3_limit(db.handle(), SQLITE_LIMIT_LENGTH, largest_mib_ * 1'024 * 1'024 - 1);
    db.exec("BEGIN");
    read_schema(db);
    note_position(db);
    std::vector<std::unique_ptr<data::RowReader>> readers;
    try {
      const auto rows = rows_of(db, request, described.table);
      const auto sql = select_sql(request, rowid, rows);
      readers.push_back(make_reader(std::move(db), sql, rows,
                                    boolean_columns(described.table, request), !rowid.empty(),
                                    from_clause(request.from), reading(request.from)));
    } catch (const Error& error) {
      const bool authored = !request.from.query.empty() || !request.where.empty();
      if (!authored || !refuses_the_sql(error)) throw;
      throw refused(error);
    }
    return readers;
  });
}

std::optional<std::string> SqliteSource::high_watermark(const data::Relation& from,
                                                        const std::string& column,
                                                        const std::string& where) {
  check_columns({from, {column}, {}, where, {}, {}, 1}, look_at(from).table);
  return guarded(reading(from), [&] {
    const Authorizer reads(db_, Authorizer::Permit::reading);
    return largest(db_, from, column, where);
  });
}

}  // namespace

void ping(const fs::path& path) {
  guarded({"Source", path.filename().string(), "opening the database"},
          [&] { open_checked(path); });
}

std::unique_ptr<data::Source> open_source(const fs::path& path, std::string display,
                                          std::function<bool()> stop, int largest_value_mib) {
  return std::make_unique<SqliteSource>(path, std::move(display), std::move(stop),
                                        largest_value_mib);
}

}  // namespace orch::sqlite
