#include "bench/small_tables.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "workers/catalog/catalog.h"
#include "workers/replication/steps.h"

namespace orch::bench {
namespace {

constexpr int at_once = 4;  // as the shipped workflow

/// One table's tasks, as the engine would hand them out.
class Tasks {
 public:
  explicit Tasks(std::filesystem::path connections) : connections_(std::move(connections)) {}

  void replicate(const std::string& table) {
    boost::json::object input{{"table", catalog::to_json(test::entry_of(table))}};
    input["load"] = run(*stage_, input);
    run(*verify_, input);
    run(*merge_, input);
    run(*reconcile_, input);
  }

 private:
  boost::json::value run(workers::Worker& worker, const boost::json::object& input) {
    auto task = test::task_of(++fence_);
    task.connections = connections_;
    task.input = input;
    test::RecordingContext context;
    return worker.run(task, context);
  }

  std::filesystem::path connections_;
  std::atomic<std::int64_t> fence_ = 0;
  std::unique_ptr<workers::Worker> stage_ = replication::make_stage();
  std::unique_ptr<workers::Worker> verify_ = replication::make_verify();
  std::unique_ptr<workers::Worker> merge_ = replication::make_merge();
  std::unique_ptr<workers::Worker> reconcile_ = replication::make_reconcile();
};

}  // namespace

void SmallTables::fill_server(const std::string& url) const {
  test::pg_run(
      url, fmt::format("DO $$ BEGIN FOR i IN 0..{} LOOP EXECUTE format('CREATE TABLE small_%s (id "
                       "integer PRIMARY KEY, code text NOT NULL, amount numeric(12,2), at "
                       "timestamptz)', i); EXECUTE format('INSERT INTO small_%s SELECT g, ''code "
                       "'' || g, g * 1.25, timestamptz ''2026-01-01 00:00Z'' + g * interval ''1 "
                       "hour'' FROM generate_series(1, {}) g', i); END LOOP; END $$",
                       count - 1, rows));
}

void SmallTables::fill_file(const std::filesystem::path& file) const {
  sqlite::Database db(file);
  db.exec("BEGIN");
  for (int i = 0; i < count; ++i)
    db.exec(fmt::format(
        "CREATE TABLE small_{0} (id INTEGER PRIMARY KEY, code TEXT NOT NULL, amount NUMERIC(12,2), "
        "at TEXT); INSERT INTO small_{0} WITH RECURSIVE n(g) AS (SELECT 1 UNION ALL SELECT g + 1 "
        "FROM n WHERE g < {1}) SELECT g, 'code ' || g, g * 1.25, datetime('2026-01-01', '+' || g "
        "|| ' hours') FROM n",
        i, rows));
  db.exec("COMMIT");
}

void SmallTables::replicate(const std::filesystem::path& connections) const {
  Tasks tasks(connections);
  std::atomic<int> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::jthread> threads;
  for (int i = 0; i < at_once; ++i)
    threads.emplace_back([&] {
      try {
        for (int table = next++; table < count; table = next++)
          tasks.replicate(fmt::format("small_{}", table));
      } catch (...) {
        const std::scoped_lock lock(mutex);
        failure = std::current_exception();
        next = count;
      }
    });
  threads.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace orch::bench
