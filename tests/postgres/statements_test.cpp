// What a small table costs is how often the server is asked something: the number is held here.
#include <fstream>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/catalog.h"
#include "workers/postgres/kept_session.h"
#include "workers/replication/steps.h"

namespace orch {
namespace {

constexpr int tables = 12;
constexpr int warm_up = 6;  // tables until the statements that come again are prepared

/// A server that logs all that it is sent.
class Statements : public testing::Test {
 protected:
  Statements() : server_({.durable = false, .settings = {"log_min_duration_statement=0"}}) {
    server_.create_database("from_here");
    server_.create_database("to_there");
    for (int i = 0; i < tables; ++i)
      change(fmt::format(
          "CREATE TABLE t{0} (id integer PRIMARY KEY, code text NOT NULL, amount numeric(12,2)); "
          "INSERT INTO t{0} SELECT g, 'code ' || g, g * 1.25 FROM generate_series(1, 100) g",
          i));
    std::ofstream(connections_) << json::write(
        boost::json::object{{"version", 1},
                            {"connections",
                             {{"from", {{"url", server_.url("from_here")}}},
                              {"to", {{"url", server_.url("to_there")}}}}}});
  }
  ~Statements() override { postgres::close_kept_sessions(); }

  void change(const std::string& sql) { test::pg_run(server_.url("from_here"), sql); }

  /// As the engine would hand them out, each task with ends of its own.
  void replicate(const std::string& table) {
    boost::json::object input{{"table", catalog::to_json(test::entry_of(table))}};
    input["load"] = run(*stage_, input);
    run(*verify_, input);
    run(*merge_, input);
    run(*reconcile_, input);
  }

  /// How often a table asks the server, on an average; the first ones do not count.
  double asked_per_table() {
    for (int i = 0; i < warm_up; ++i) replicate(fmt::format("t{}", i));
    const auto before = asked();
    for (int i = warm_up; i < tables; ++i) replicate(fmt::format("t{}", i));
    return static_cast<double>(asked() - before) / (tables - warm_up);
  }

 private:
  boost::json::value run(workers::Worker& worker, const boost::json::object& input) {
    auto task = test::task_of(++fence_);
    task.connections = connections_;
    task.input = input;
    test::RecordingContext context;
    return worker.run(task, context);
  }

  /// Texts, and prepared statements of what was prepared before.
  std::int64_t asked() const {
    std::istringstream log(server_.log());
    std::int64_t count = 0;
    for (std::string line; std::getline(log, line);)
      for (const char* kind : {" ms  statement: ", " ms  parse ", " ms  execute "})
        if (line.find(kind) != std::string::npos) ++count;
    return count;
  }

  test::PostgresServer server_;
  test::TempFolder folder_;
  std::filesystem::path connections_ = folder_ / "connections.json";
  std::int64_t fence_ = 0;
  std::unique_ptr<workers::Worker> stage_ = replication::make_stage();
  std::unique_ptr<workers::Worker> verify_ = replication::make_verify();
  std::unique_ptr<workers::Worker> merge_ = replication::make_merge();
  std::unique_ptr<workers::Worker> reconcile_ = replication::make_reconcile();
};

TEST_F(Statements, ANewTableAsksTheServerFewTimes) {
  const auto asked = asked_per_table();
  RecordProperty("asked", std::to_string(asked));
  EXPECT_LE(asked, 100);
  EXPECT_GE(asked, 20) << "they are counted no longer";
}

TEST_F(Statements, AChangedTableAsksTheServerFewTimes) {
  for (int i = 0; i < tables; ++i) {
    replicate(fmt::format("t{}", i));
    change(fmt::format("UPDATE t{} SET amount = 7 WHERE id = 7", i));
  }
  const auto asked = asked_per_table();
  RecordProperty("asked", std::to_string(asked));
  EXPECT_LE(asked, 100);
}

}  // namespace
}  // namespace orch
