// How fast tables move, each way beside what people would do without orch, in the same rounds.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "bench/replicate_data.h"
#include "bench/report.h"
#include "orchestrator/json/text.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/temp_folder.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"

namespace orch::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Settings {
  std::int64_t rows = 5'000'000;
  std::int64_t sqlite_rows = 1'000'000;
  int rounds = 5;
  int parts = 2;
  bool json = false;
};

double seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Runs a pipeline; both ends must succeed.
void shell(const std::string& command) {
  const auto whole = "bash -c 'set -o pipefail; " + command + "'";
  if (std::system(whole.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// A server like a fresh installation, but with room for its log: fsync is on.
test::PostgresOptions server_options() {
  test::PostgresOptions options;
  options.durable = true;
  options.settings = {"shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=30min",
                      "synchronous_commit=on", "autovacuum=off"};
  return options;
}

/// Times by name of the way, one a round.
using Times = std::map<std::string, std::vector<double>>;

class Benchmark {
 public:
  explicit Benchmark(const Settings& settings)
      : settings_(settings),
        server_(server_options()),
        from_(server_.create_database("from_here")),
        to_(server_.create_database("to_there")),
        file_(folder_.path() / "posting.db") {
    test::pg_run(from_, create_postings());
    test::pg_run(from_, insert_postings(settings.rows));
    test::pg_run(from_, "ALTER TABLE posting ADD PRIMARY KEY (posting_id)");
    test::pg_run(from_, "VACUUM ANALYZE posting");
    if (settings.sqlite_rows > 0) write_sqlite_postings(file_, settings.sqlite_rows);
  }

  Times run() {
    for (int round = 0; round < settings_.rounds; ++round) {
      psql_pipe();
      orch_table(1, "orch");
      if (settings_.parts > 1)
        orch_table(settings_.parts, fmt::format("orch, {} parts", settings_.parts));
      if (settings_.sqlite_rows == 0) continue;
      sqlite_pipe();
      orch_from_sqlite();
    }
    return std::move(times_);
  }

 private:
  void note(const std::string& way, double took) { times_[way].push_back(took); }

  /// Nothing of the way before is left to be written while the next one is timed.
  void prepare() {
    test::pg_run(to_,
                 "DROP SCHEMA IF EXISTS public, orch, orch_stage CASCADE; CREATE SCHEMA public");
    test::pg_run(to_, "CHECKPOINT");
  }

  std::string psql(const std::string& url, const std::string& sql) const {
    return fmt::format("psql -Xq \"{}\" -c \"{}\"", url, sql);
  }

  void psql_pipe() {
    prepare();
    test::pg_run(to_, create_postings());
    note("psql | psql, binary", seconds([&] {
           shell(psql(from_, "COPY posting TO STDOUT (FORMAT binary)") + " | " +
                 psql(to_, "COPY posting FROM STDIN (FORMAT binary)"));
         }));
    expect_rows(settings_.rows);
  }

  void orch_table(int parts, const std::string& name) {
    prepare();
    auto source = postgres::open_source({server_.conninfo("from_here"), "from"});
    move(*source, parts, name);
    expect_rows(settings_.rows);
  }

  void move(data::Source& source, int parts, const std::string& name) {
    auto target = postgres::open_target({server_.conninfo("to_there"), "to"});
    test::Replication replication(source, *target);
    auto entry = test::entry_of("posting");
    entry.parts = parts;
    boost::json::object load;
    const auto staged = seconds([&] { load = replication.stage(entry); });
    const auto verified = seconds([&] { replication.verify(entry, load); });
    const auto merged = seconds([&] { replication.merge(entry, load); });
    note(name + ": stage", staged);
    note(name + ": verify", verified);
    note(name + ": merge", merged);
    note(name + ": whole", staged + verified + merged);
  }

  void sqlite_pipe() {
    prepare();
    test::pg_run(to_,
                 "CREATE TABLE posting (posting_id bigint, treaty_id bigint, period bigint, kind "
                 "text, currency text, amount double precision, rate double precision, booked_at "
                 "timestamp, description text)");
    note("sqlite3 -csv | psql", seconds([&] {
           shell(fmt::format("sqlite3 -csv \"{}\" \"SELECT * FROM posting\"", file_.string()) +
                 " | " + psql(to_, "COPY posting FROM STDIN (FORMAT csv)"));
         }));
    expect_rows(settings_.sqlite_rows);
  }

  void orch_from_sqlite() {
    prepare();
    auto source = sqlite::open_source(file_, "file");
    move(*source, 1, "orch from SQLite");
    expect_rows(settings_.sqlite_rows);
  }

  void expect_rows(std::int64_t rows) {
    const auto found = test::pg_value(to_, "SELECT count(*) FROM posting");
    if (found != std::to_string(rows))
      throw std::runtime_error(fmt::format("{} rows arrived, expected {}", found, rows));
  }

  const Settings& settings_;
  test::TempFolder folder_;
  test::PostgresServer server_;
  std::string from_;
  std::string to_;
  fs::path file_;
  Times times_;
};

/// Which way is judged against which, by the median of the ratios of the same round.
struct Duel {
  std::string ours;
  std::string theirs;
  double aim;  ///< theirs / ours; 0: none
};

std::vector<double> ratios(const Times& times, const Duel& duel) {
  std::vector<double> found;
  const auto& ours = times.at(duel.ours);
  for (std::size_t i = 0; i < ours.size(); ++i) found.push_back(times.at(duel.theirs)[i] / ours[i]);
  return found;
}

std::vector<Duel> duels(const Times& times) {
  const std::string pipe = "psql | psql, binary";
  std::vector<Duel> all;
  for (const auto& [way, each] : times) {
    if (way.starts_with("orch from SQLite"))
      all.push_back({way, "sqlite3 -csv | psql", way.ends_with("stage") ? 1.0 : 0.0});
    else if (way.starts_with("orch"))
      all.push_back({way, pipe, way == "orch: stage" ? 1.0 : 0.0});
    else
      all.push_back({way, way, 0});
  }
  return all;
}

std::int64_t rows_of(const Settings& settings, const std::string& way) {
  const bool sqlite = way.find("SQLite") != std::string::npos || way.starts_with("sqlite3");
  return sqlite ? settings.sqlite_rows : settings.rows;
}

void print_table(const Times& times, const Settings& settings) {
  fmt::print("{:<28} {:>9} {:>9} {:>9} {:>12} {:>18}\n", "way", "median s", "least", "most",
             "rows/s", "times as fast");
  for (const auto& duel : duels(times)) {
    const auto& each = times.at(duel.ours);
    const auto [least, most] = std::minmax_element(each.begin(), each.end());
    const auto ratio = median(ratios(times, duel));
    fmt::print("{:<28} {:>9.2f} {:>9.2f} {:>9.2f} {:>12.0f} {:>8.2f}{}\n", duel.ours, median(each),
               *least, *most, static_cast<double>(rows_of(settings, duel.ours)) / median(each),
               ratio,
               duel.aim == 0       ? ""
               : ratio >= duel.aim ? "  (aim met)"
                                   : "  (aim missed)");
  }
}

void print_json(const Times& times, const Settings& settings, boost::json::object conditions) {
  boost::json::array ways;
  for (const auto& duel : duels(times)) {
    boost::json::array all;
    for (const double one : times.at(duel.ours)) all.push_back(one);
    ways.push_back(boost::json::object{{"way", duel.ours},
                                       {"rows", rows_of(settings, duel.ours)},
                                       {"seconds", all},
                                       {"against", duel.theirs},
                                       {"times_as_fast", median(ratios(times, duel))}});
  }
  std::cout << json::write(boost::json::object{{"conditions", std::move(conditions)},
                                               {"ways", std::move(ways)}})
            << '\n';
}

int run(int argc, char** argv) {
  Settings settings;
  CLI::App app("Times of replicating a table, beside psql and sqlite3");
  app.add_option("--rows", settings.rows, "rows of the PostgreSQL table")
      ->check(CLI::PositiveNumber);
  app.add_option("--sqlite-rows", settings.sqlite_rows,
                 "rows of the SQLite table; 0: leave it out");
  app.add_option("--rounds", settings.rounds)->check(CLI::PositiveNumber);
  app.add_option("--parts", settings.parts, "also in this many parts; 1: leave it out");
  app.add_flag("--json", settings.json);
  CLI11_PARSE(app, argc, argv);
  auto found = conditions(fs::temp_directory_path().string());
  double load = 0;
  if (getloadavg(&load, 1) == 1) found["load_at_start"] = load;
  if (!settings.json) std::cout << json::write(found) << "\n\n";
  const auto times = Benchmark(settings).run();
  if (settings.json)
    print_json(times, settings, std::move(found));
  else
    print_table(times, settings);
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
