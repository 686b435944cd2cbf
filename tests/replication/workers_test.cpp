// The step workers as the engine calls them: a task in, JSON out, a cause for what fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/entry.h"

namespace orch {
namespace {

class StepWorkers : public testing::Test {
 protected:
  void SetUp() override {
    test::run_sql(folder_ / "ledger.db",
                  "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    std::filesystem::create_directory(folder_ / "drop");
    folder_.write("drop/t.csv", "id\n1\n2\n");
    folder_.write("connections.json",
                  R"({"version": 1, "connections": {"from": {"url": "sqlite:ledger.db"},)"
                  R"( "to": {"url": "sqlite:copy.db"}, "files": {"url": "csv:drop"}}})");
    test::run_sql(folder_ / "copy.db", "SELECT 1");
  }

  boost::json::value run(const std::unique_ptr<workers::Worker>& worker,
                         const catalog::Entry& entry, const boost::json::value* load = nullptr) {
    auto task = test::task_of(fence_++);
    task.connections = folder_ / "connections.json";
    boost::json::object input{{"table", catalog::to_json(entry)}};
    if (load) input["load"] = *load;
    task.input = input;
    return worker->run(task, context_);
  }

  void replicate(const catalog::Entry& entry) {
    const auto load = run(replication::make_stage(), entry);
    run(replication::make_verify(), entry, &load);
    run(replication::make_merge(), entry, &load);
    EXPECT_TRUE(run(replication::make_reconcile(), entry).at("equal").as_bool());
  }

  boost::json::value cause_of(const std::unique_ptr<workers::Worker>& worker,
                              const catalog::Entry& entry) {
    try {
      run(worker, entry);
    } catch (const workers::TaskFailed& failure) {
      return json::parse(failure.cause());
    }
    return nullptr;
  }

  test::TempFolder folder_;
  test::RecordingContext context_;
  std::int64_t fence_ = 1;
};

TEST_F(StepWorkers, ReplicateBetweenConnections) {
  replicate(test::entry_of("t"));
  EXPECT_EQ(test::rows_of(folder_ / "copy.db", "SELECT * FROM t"),
            test::rows_of(folder_ / "ledger.db", "SELECT * FROM t"));
}

TEST_F(StepWorkers, ReplicateFilesWithTheTypesOfTheCatalog) {
  auto entry = test::entry_of("t");
  entry.source_connection = "files";
  entry.columns = {{"id", "id", "INTEGER"}};
  replicate(entry);
  EXPECT_EQ(test::rows_of(folder_ / "copy.db", "SELECT * FROM t"),
            test::rows_of(folder_ / "ledger.db", "SELECT * FROM t"));
}

TEST_F(StepWorkers, OnlyStageNeedsTheSource) {
  const auto entry = test::entry_of("t");
  const auto load = run(replication::make_stage(), entry);
  std::filesystem::remove(folder_ / "ledger.db");
  run(replication::make_verify(), entry, &load);
  EXPECT_EQ(run(replication::make_merge(), entry, &load).at("rows"), 2);
  EXPECT_TRUE(run(replication::make_reconcile(), entry, &load).at("equal").as_bool());
}

TEST_F(StepWorkers, FailuresNameTheTableAndTheConnection) {
  auto entry = test::entry_of("t");
  entry.key = "ledger.t";
  entry.source.table.name = "tt";
  const auto missing = cause_of(replication::make_stage(), entry);
  EXPECT_EQ(missing.at("key"), "ledger.t");
  EXPECT_EQ(missing.at("connection"), "from");
  EXPECT_EQ(missing.at("code"), "ORCH-0430");
  entry = test::entry_of("t");
  entry.target.name = "orch_load";
  EXPECT_EQ(cause_of(replication::make_stage(), entry).at("connection"), "to");
}

TEST_F(StepWorkers, OneThatWasOvertakenNamesTheOtherRun) {
  const auto entry = test::entry_of("t");
  const auto load = run(replication::make_stage(), entry);
  const auto overtaken = [&](const std::unique_ptr<workers::Worker>& worker,
                             const std::string& store, std::string* message) {
    auto task = test::task_of(fence_++);
    task.run = "run2";
    task.run_name = "other";
    task.store = store;
    task.connections = folder_ / "connections.json";
    task.input = {{"table", catalog::to_json(entry)}};
    const auto theirs = replication::make_stage()->run(task, context_);
    return test::error_of([&] { run(worker, entry, &load); }, message);
  };
  std::string message;
  EXPECT_EQ(overtaken(replication::make_verify(), "store1", &message), "Load.Superseded");
  EXPECT_THAT(message, testing::EndsWith("; run other (run2) has staged it since"));
  EXPECT_EQ(overtaken(replication::make_merge(), "store2", &message), "Merge.NotVerified");
  EXPECT_THAT(message, testing::EndsWith("has staged it since, from another run store"));
}

TEST_F(StepWorkers, AnInputWithoutTableOrLoadIsRefused) {
  auto task = test::task_of(1);
  task.connections = folder_ / "connections.json";
  EXPECT_EQ(test::error_of([&] { replication::make_stage()->run(task, context_); }),
            "Input.Invalid");
  const auto entry = test::entry_of("t");
  EXPECT_EQ(test::error_of([&] { run(replication::make_verify(), entry); }), "Input.Invalid");
  const boost::json::value no_output = "run1/t/1";
  EXPECT_EQ(test::error_of([&] { run(replication::make_merge(), entry, &no_output); }),
            "Input.Invalid");
}

TEST_F(StepWorkers, EveryCodeOfTheDataPathHasItsParagraph) {
  std::vector<std::string_view> known;
  for (const auto& code : error_codes()) known.push_back(code.code);
  for (const auto* code :
       {"ORCH-0430", "ORCH-0431", "ORCH-0432", "ORCH-0433", "ORCH-0435", "ORCH-0436",
        "ORCH-0437", "ORCH-0438", "ORCH-0439", "ORCH-0440", "ORCH-0443", "ORCH-0444",
        "ORCH-0445", "ORCH-0501", "ORCH-0502", "ORCH-0503", "ORCH-0504", "ORCH-0505",
        "ORCH-0506", "ORCH-0507", "ORCH-0508", "ORCH-0509", "ORCH-0510", "ORCH-0511"})
    EXPECT_THAT(known, testing::Contains(code));
  EXPECT_TRUE(std::is_sorted(known.begin(), known.end()));
}

}  // namespace
}  // namespace orch
