// How fast tables move, each way beside what people would do without orch, in the same rounds.
#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <sys/resource.h>
#include <vector>

#include <fmt/format.h>

#include "bench/board.h"
#include "bench/opponents.h"
#include "bench/replicate_data.h"
#include "bench/report.h"
#include "bench/small_tables.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/json/text.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/mysql/mysql.h"
#include "workers/postgres/kept_session.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"

namespace orch::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Settings {
  std::int64_t rows = 5'000'000;
  std::int64_t sqlite_rows = 1'000'000;
  std::int64_t mariadb_rows = 0;
  std::int64_t csv_rows = 0;
  int rounds = 5;
  int parts = 2;
  int small_tables = 1'000;
  std::int64_t set_rows = 0;
  std::string only;
  bool others = true;
  bool pgloader = false;
  bool json = false;
};

double seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A server like a fresh installation, but with room for its log: fsync is on.
test::PostgresOptions server_options() {
  test::PostgresOptions options;
  options.durable = true;
  options.settings = {"shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=30min",
                      "synchronous_commit=on", "autovacuum=off"};
  return options;
}

/// Ours for one table: the name before the colon, and the way it is measured against.
struct Ours {
  std::string name;
  std::string table;
  std::int64_t rows;
  std::string against;
  double aim;  ///< of staging
  int parts = 1;
  bool again = false;  ///< also once more, when nothing has changed
};

class Benchmark {
 public:
  explicit Benchmark(const Settings& settings)
      : settings_(settings),
        server_(server_options()),
        to_(server_.create_database("to_there")),
        file_(folder_.path() / "posting.db") {
    for (const auto& shape : shapes()) {
      if (chosen(shape)) fill(shape, "from_" + shape.table, rows_of(shape));
    }
    if (settings.small_tables > 0) fill_small_tables();
    if (settings.set_rows > 0) {
      set_.rows = settings.set_rows;
      set_.fill_server(server_.create_database("from_set"));
    }
    if (settings.mariadb_rows > 0) {
      mariadb_ = std::make_unique<test::MariadbServer>();
      mariadb_->run(mariadb_postings(settings.mariadb_rows));
    }
    if (settings.csv_rows > 0) {
      fill(postings(), "from_csv_sized", settings.csv_rows);
      psql_export(server_.url("from_csv_sized"), "posting", folder_ / "posting.csv");
    }
    if (settings.sqlite_rows == 0) return;
    write_sqlite_postings(file_, settings.sqlite_rows);
    fill(postings(), "from_file_sized", settings.sqlite_rows);
  }

  const Board& run() {
    for (int round = 0; round < settings_.rounds; ++round) {
      for (const auto& shape : shapes()) {
        if (chosen(shape)) between_servers(shape);
      }
      if (settings_.small_tables > 0) small_tables();
      if (settings_.set_rows > 0) table_set();
      if (mariadb_) from_mariadb();
      if (settings_.csv_rows > 0) from_csv();
      if (settings_.sqlite_rows == 0) continue;
      from_sqlite();
      to_sqlite();
    }
    return board_;
  }

 private:
  bool chosen(const Shape& shape) const {
    return settings_.only.empty() || settings_.only == shape.table;
  }
  static const Shape& postings() { return shapes().front(); }
  std::int64_t rows_of(const Shape& shape) const {
    return static_cast<std::int64_t>(static_cast<double>(settings_.rows) * shape.share);
  }
  std::string source_url(const Shape& shape) const { return server_.url("from_" + shape.table); }

  // A database of its own: some opponents copy databases, not tables.
  void fill(const Shape& shape, const std::string& database, std::int64_t rows) {
    const auto url = server_.create_database(database);
    const auto key = shape.columns.substr(0, shape.columns.find(' '));
    test::pg_run(url, create_table(shape));
    test::pg_run(url, insert_rows(shape, rows));
    test::pg_run(url, fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", shape.table, key));
    test::pg_run(url, "VACUUM ANALYZE " + shape.table);
  }

  /// Nothing of the way before is left to be written while the next one is timed.
  void prepare() {
    postgres::close_kept_sessions();  // which know of bookkeeping that is about to go
    test::pg_run(
        to_, "DROP SCHEMA IF EXISTS public, orch, orch_stage, test CASCADE; CREATE SCHEMA public");
    test::pg_run(to_, "CHECKPOINT");
  }

  void time(const Way& way, const std::string& table, const std::function<void()>& work) {
    board_.note(way, seconds(work));
    expect_rows(table, way.rows);
  }

  void between_servers(const Shape& shape) {
    const auto& table = shape.table;
    const auto from = source_url(shape);
    const auto rows = rows_of(shape);
    const auto pipe = table + ": psql | psql, binary";
    prepare();
    test::pg_run(to_, create_table(shape));
    time({pipe, rows, pipe}, table, [&] { psql_pipe(from, to_, table, "binary"); });
    orch_table(shape, {table + ": orch", table, rows, pipe, 1.0, 1, true});
    if (settings_.parts > 1)
      orch_table(shape, {fmt::format("{}: orch in {} parts", table, settings_.parts), table, rows,
                         pipe, 0, settings_.parts});
    if (!settings_.others) return;
    prepare();
    test::pg_run(to_, create_table(shape));
    time({table + ": psql | psql, csv", rows, pipe}, table,
         [&] { psql_pipe(from, to_, table, "csv"); });
    const auto whole = table + ": orch: whole";
    if (installed("pg_dump")) {
      prepare();
      time({table + ": pg_dump | psql", rows, whole}, table, [&] { pg_dump_pipe(from, to_); });
    }
    if (installed("pgcopydb")) {
      prepare();
      test::pg_run(to_, create_table(shape));
      time({table + ": pgcopydb copy table-data", rows, table + ": orch: stage"}, table,
           [&] { pgcopydb_rows(from, to_, folder_ / "pgcopydb"); });
      prepare();
      time({table + ": pgcopydb clone", rows, whole}, table,
           [&] { pgcopydb_clone(from, to_, folder_ / "pgcopydb"); });
    }
    if (settings_.pgloader && installed("pgloader")) {
      prepare();
      time({table + ": pgloader", rows, whole}, table,
           [&] { pgloader_load(from, to_, folder_ / "pgloader"); });
    }
  }

  void orch_table(const Shape& shape, const Ours& ours) {
    prepare();
    auto source = postgres::open_source({server_.conninfo("from_" + shape.table), "from"});
    auto target = postgres::open_target({server_.conninfo("to_there"), "to"});
    move(*source, *target, ours);
    expect_rows(ours.table, ours.rows);
  }

  void move(data::Source& source, data::Target& target, const Ours& ours) {
    test::Replication replication(source, target);
    auto entry = test::entry_of(ours.table);
    entry.parts = ours.parts;
    boost::json::object load;
    const auto staged = seconds([&] { load = replication.stage(entry); });
    const auto verified = seconds([&] { replication.verify(entry, load); });
    const auto merged = seconds([&] { replication.merge(entry, load); });
    const auto note = [&](const char* what, double took, double aim) {
      board_.note({ours.name + ": " + what, ours.rows, ours.against, aim}, took);
    };
    note("stage", staged, ours.aim);
    note("verify", verified, 0);
    note("merge", merged, 0);
    note("whole", staged + verified + merged, 0);
    if (!ours.again) return;
    note("again, unchanged", seconds([&] {
           load = replication.stage(entry);
           replication.verify(entry, load);
           replication.merge(entry, load);
         }),
         2.0);
    if (load.at("method") != "unchanged")
      throw std::runtime_error("a table without a change was written again");
  }

  void from_sqlite() {
    const auto rows = settings_.sqlite_rows;
    const std::string pipe = "sqlite3 -csv | psql";
    prepare();
    test::pg_run(to_,
                 "CREATE TABLE posting (posting_id bigint, treaty_id bigint, period bigint, kind "
                 "text, currency text, amount double precision, rate double precision, booked_at "
                 "timestamp, description text)");
    time({pipe, rows, pipe}, "posting", [&] { sqlite_pipe(file_, to_, "posting"); });
    prepare();
    auto source = sqlite::open_source(file_, "file");
    auto target = postgres::open_target({server_.conninfo("to_there"), "to"});
    move(*source, *target, {"orch from SQLite", "posting", rows, pipe, 1.0});
    expect_rows("posting", rows);
    if (!settings_.others || !installed("pgloader")) return;
    prepare();
    time({"pgloader from SQLite", rows, "orch from SQLite: whole"}, "posting",
         [&] { pgloader_load("sqlite://" + file_.string(), to_, folder_ / "pgloader"); });
  }

  void from_mariadb() {
    const auto rows = settings_.mariadb_rows;
    const std::string pipe = "mariadb | psql";
    prepare();
    test::pg_run(to_, mariadb_posting_table());
    time({pipe, rows, pipe}, "posting",
         [&] { mariadb_pipe(mariadb_->folder() / "s", "test", to_, "posting"); });
    prepare();
    auto source = mysql::open_source(mariadb_->settings());
    auto target = postgres::open_target({server_.conninfo("to_there"), "to"});
    move(*source, *target, {"orch from MariaDB", "posting", rows, pipe, 1.0});
    expect_rows("posting", rows);
    if (!settings_.others || !installed("pgloader")) return;
    prepare();
    const auto from =
        fmt::format("mysql://orch@unix:{}:0/test", (mariadb_->folder() / "s").string());
    board_.note({"pgloader from MariaDB", rows, "orch from MariaDB: whole"},
                seconds([&] { pgloader_load(from, to_, folder_ / "pgloader"); }));
    if (test::pg_value(to_, "SELECT count(*) FROM test.posting") != std::to_string(rows))
      throw std::runtime_error("pgloader did not bring all rows from MariaDB");
  }

  void from_csv() {
    const auto rows = settings_.csv_rows;
    const std::string copy = "psql \\copy of a CSV file";
    prepare();
    test::pg_run(to_, create_table(postings()));
    time({copy, rows, copy}, "posting",
         [&] { psql_import(folder_ / "posting.csv", to_, "posting"); });
    prepare();
    test::pg_run(to_, create_table(postings()));
    auto source = csv::open_source(folder_.path(), {}, "files");
    auto target = postgres::open_target({server_.conninfo("to_there"), "to"});
    move(*source, *target, {"orch from CSV", "posting", rows, copy, 0});
    expect_rows("posting", rows);
  }

  void to_sqlite() {
    const std::string pipe = "psql | sqlite3 .import";
    const auto rows = settings_.sqlite_rows;
    {
      const test::TempFolder folder;
      const auto file = folder / "piped.db";
      sqlite::Database(file).exec(fmt::format("CREATE TABLE posting ({})", postings().columns));
      board_.note({pipe, rows, pipe}, seconds([&] {
                    sqlite_import_pipe(server_.url("from_file_sized"), file, "posting");
                  }));
    }
    const test::TempFolder folder;
    auto source = postgres::open_source({server_.conninfo("from_file_sized"), "from"});
    auto target = sqlite::open_target(folder / "moved.db", "file");
    move(*source, *target, {"orch to SQLite", "posting", rows, pipe, 0});
  }

  void fill_small_tables() {
    small_.count = settings_.small_tables;
    small_.fill_server(server_.create_database("from_small"));
    small_.fill_file(folder_ / "small.db");
  }

  fs::path connections(const std::string& from, const std::string& to) {
    const auto file = folder_ / "connections.json";
    std::ofstream(file) << json::write(boost::json::object{
        {"version", 1}, {"connections", {{"from", {{"url", from}}}, {"to", {{"url", to}}}}}});
    return file;
  }

  /// Of many tables: the "rows" of the board are tables here.
  void small_tables() {
    const auto tables = static_cast<std::int64_t>(settings_.small_tables);
    const auto note = [&](const char* what, const char* against, double took) {
      const auto name = [&](const char* each) {
        return fmt::format("{} tables, {}", settings_.small_tables, each);
      };
      board_.note({name(what), tables, name(against), 0}, took);
    };
    const auto from = server_.url("from_small");
    prepare();
    note("pg_dump | psql", "pg_dump | psql", seconds([&] { pg_dump_pipe(from, to_); }));
    prepare();
    note("PostgreSQL to PostgreSQL", "pg_dump | psql",
         seconds([&] { small_.replicate(connections(from, to_)); }));
    expect_rows("small_0", 100);
    if (settings_.others && installed("pgcopydb")) {
      prepare();
      note("pgcopydb clone, 4 at once", "pg_dump | psql",
           seconds([&] { pgcopydb_clone(from, to_, folder_ / "pgcopydb", 4); }));
    }
    if (settings_.others && settings_.pgloader && installed("pgloader")) {
      prepare();
      note("pgloader", "pg_dump | psql",
           seconds([&] { pgloader_load(from, to_, folder_ / "pgloader"); }));
    }
    const test::TempFolder folder;
    note("sqlite3 .dump | sqlite3", "sqlite3 .dump | sqlite3",
         seconds([&] { sqlite_dump_pipe(folder_ / "small.db", folder / "piped.db"); }));
    const auto url = [](const fs::path& file) { return "sqlite:" + file.string(); };
    note("SQLite to SQLite", "sqlite3 .dump | sqlite3", seconds([&] {
           small_.replicate(connections(url(folder_ / "small.db"), url(folder / "moved.db")));
         }));
  }

  /// Some large tables, four at once: each way does what it can at the same time.
  void table_set() {
    const auto rows = set_.count * set_.rows;
    const auto from = server_.url("from_set");
    const auto name = [&](const char* way) {
      return fmt::format("{} tables: {}", set_.count, way);
    };
    const auto ours = name("orch");
    const auto way = [&](const std::string& called, const std::function<void()>& work) {
      prepare();
      board_.note({called, rows, ours, 0}, seconds(work));
      expect_rows("small_0", set_.rows);
    };
    way(ours, [&] { set_.replicate(connections(from, to_)); });
    if (!settings_.others) return;
    if (installed("pg_dump")) way(name("pg_dump | psql"), [&] { pg_dump_pipe(from, to_); });
    if (installed("pgcopydb"))
      way(name("pgcopydb clone, 4 at once"),
          [&] { pgcopydb_clone(from, to_, folder_ / "pgcopydb", 4); });
    if (settings_.pgloader && installed("pgloader"))
      way(name("pgloader"), [&] { pgloader_load(from, to_, folder_ / "pgloader"); });
  }

  void expect_rows(const std::string& table, std::int64_t rows) {
    const auto found = test::pg_value(to_, "SELECT count(*) FROM " + table);
    if (found != std::to_string(rows))
      throw std::runtime_error(fmt::format("{} rows arrived, expected {}", found, rows));
  }

  const Settings& settings_;
  test::TempFolder folder_;
  test::PostgresServer server_;
  std::string to_;
  fs::path file_;
  std::unique_ptr<test::MariadbServer> mariadb_;
  SmallTables small_;
  SmallTables set_{.count = 21};
  Board board_;
};

/// Of this process: orch runs in it, servers and opponents in others.
std::int64_t peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int run(int argc, char** argv) {
  Settings settings;
  CLI::App app("Times of replicating tables, beside psql, sqlite3 and other programs");
  app.add_option("--rows", settings.rows,
                 "rows of the table posting; the others have as many bytes")
      ->check(CLI::PositiveNumber);
  app.add_option("--sqlite-rows", settings.sqlite_rows,
                 "rows of the SQLite table; 0: leave it out");
  app.add_option("--mariadb-rows", settings.mariadb_rows,
                 "also rows of a MariaDB table, from a throwaway server");
  app.add_option("--csv-rows", settings.csv_rows, "also rows of a CSV file");
  app.add_option("--rounds", settings.rounds)->check(CLI::PositiveNumber);
  app.add_option("--parts", settings.parts, "also in this many parts; 1: leave it out");
  app.add_option("--small-tables", settings.small_tables,
                 "also this many tables of 100 rows; 0: leave them out");
  app.add_option("--set-rows", settings.set_rows,
                 "also 21 tables of this many rows each, four at once");
  app.add_option("--table", settings.only, "posting, narrow, wide, texts or none; default: all");
  app.add_flag("!--no-others", settings.others, "leave pg_dump, pgcopydb and pgloader out");
  app.add_flag("--pgloader", settings.pgloader,
               "also pgloader between PostgreSQL databases, which takes many times as long");
  app.add_flag("--json", settings.json);
  CLI11_PARSE(app, argc, argv);
  auto found = conditions(fs::temp_directory_path().string());
  if (!settings.json) std::cout << json::write(found) << "\n\n";
  Benchmark benchmark(settings);
  const auto& board = benchmark.run();
  if (settings.json)
    std::cout << json::write(boost::json::object{{"conditions", std::move(found)},
                                                 {"ways", board.json()},
                                                 {"peak_mb", peak_mb()}})
              << '\n';
  else
    std::cout << board.table() << fmt::format("\npeak memory of orch: {} MiB\n", peak_mb());
  return 0;
}

}  // namespace
}  // namespace orch::bench

int main(int argc, char** argv) {
  try {
    return orch::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "replicate_bench: {}\n", error.what());
    return 1;
  }
}
