// The shipped definitions, run by the engine with the real workers on real SQLite files.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string definition(const std::string& name) {
  return read(fs::path(ORCH_SOURCE_DIR) / "workflows" / (name + ".json"));
}

class ShippedWorkflows : public ::testing::Test {
 protected:
  ShippedWorkflows() : registry_(workers::built_in()) {
    write(
        "connections.json",
        R"({"version":1,"connections":{"from":{"url":"sqlite:from.db"},"to":{"url":"sqlite:to.db"}}})");
    write(
        "catalog.json",
        R"({"version":1,"defaults":{"source":{"connection":"from"},"target":{"connection":"to"}},)"
        R"("tables":[{"source":{"table":"treaty"},"checks":[{"min_rows":1},{"not_null":["id"]}]},)"
        R"({"source":{"table":"posting"}},{"source":{"table":"broker"}}]})");
    // A table that was loaded before and is gone: one that never was there stops the whole run.
    sql("to.db", "CREATE TABLE broker (id INTEGER PRIMARY KEY)");
    sql("from.db",
        "CREATE TABLE treaty (id INTEGER PRIMARY KEY, name TEXT);"
        "INSERT INTO treaty VALUES (1,'Quota'),(2,'Surplus');"
        "CREATE TABLE posting (id INTEGER PRIMARY KEY, amount NUMERIC(12,2));"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<500) "
        "INSERT INTO posting SELECT i, i*1.25 FROM n;");
    store_ = store::open_as_owner(folder_ / "orch.db", "test");
    engine_ = std::make_unique<engine::Engine>(*store_, registry_);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  std::string write_elsewhere(const std::string& name, const std::string& text) {
    fs::create_directory(folder_ / "elsewhere");
    write("elsewhere/" + name, text);
    return (folder_ / "elsewhere" / name).string();
  }
  void sql(const std::string& file, const std::string& statements) {
    sqlite::Database(folder_ / file).exec(statements);
  }
  std::int64_t number(const std::string& file, const std::string& query) {
    sqlite::Database db(folder_ / file, sqlite::Access::read_only);
    sqlite::Statement statement(db, query);
    statement.step();
    return statement.int64(0);
  }
  store::ExecutionRow run(const std::string& workflow, const std::string& input) {
    engine::Submission submission;
    submission.workflow = workflow;
    submission.definition = definition(workflow);
    submission.input = input;
    submission.connections = (folder_ / "connections.json").string();
    return engine_->wait(engine_->submit(submission).run_id);
  }

  test::TempFolder folder_;
  workers::Registry registry_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
};

TEST_F(ShippedWorkflows, AreValid) {
  for (const auto& entry : fs::directory_iterator(fs::path(ORCH_SOURCE_DIR) / "workflows")) {
    if (entry.path().extension() != ".json") continue;
    for (const auto& problem : asl::parse(read(entry.path())).problems)
      ADD_FAILURE() << entry.path() << ": " << problem.pointer << ": " << problem.message;
  }
}

TEST_F(ShippedWorkflows, ATableThatFailsDoesNotStopTheOthersAndIsRepeatedAlone) {
  const auto failed = run("replicate", R"({"catalog":"catalog.json"})");
  ASSERT_EQ(failed.status, execution::Status::failed) << failed.output.value_or("");
  EXPECT_EQ(failed.error, "Replicate.TablesFailed");
  EXPECT_THAT(*failed.cause, ::testing::HasSubstr("broker: Source.TableMissing"));
  EXPECT_EQ(number("to.db", "SELECT count(*) FROM posting"), 500) << "the others are published";

  sql("from.db", "CREATE TABLE broker (id INTEGER PRIMARY KEY); INSERT INTO broker VALUES (7);");
  engine_->redrive(failed.made.run_id, {});
  const auto row = engine_->wait(failed.made.run_id);
  ASSERT_EQ(row.status, execution::Status::succeeded) << row.cause.value_or("");
  EXPECT_EQ(number("to.db", "SELECT id FROM broker"), 7);
  const auto output = json::parse(*row.output);
  EXPECT_EQ(output.at("tables").as_int64(), 3);
  EXPECT_EQ(output.at("rows").as_int64(), 503);
  EXPECT_EQ(number("to.db", "SELECT count(*) FROM orch_evidence"), 3)
      << "one load a table: only the failed one was repeated";
  const auto report = read(output.at("files").at(0).as_string().c_str());
  EXPECT_THAT(report, ::testing::ContainsRegex(R"(\| posting \| equal \| [^|]* \| 500 \| 500 \|)"));
}

TEST_F(ShippedWorkflows, AResumeGoesOnWithTheCatalogAsItIsNow) {
  const auto failed = run("replicate", R"({"catalog":"catalog.json"})");
  ASSERT_EQ(failed.error, "Replicate.TablesFailed");
  sql("from.db", "CREATE TABLE agent (id INTEGER PRIMARY KEY); INSERT INTO agent VALUES (9);");
  const auto with = [](const std::string& broker) {
    return R"({"version":1,"defaults":{"source":{"connection":"from"},"target":{"connection":"to"}},)"
           R"("tables":[{"source":{"table":"posting"}},{"source":{"table":"treaty"}})" +
           broker + "]}";
  };
  write("catalog.json", with(""));
  engine_->redrive(failed.made.run_id, {});
  auto row = engine_->wait(failed.made.run_id);
  EXPECT_EQ(row.error, "Replicate.TablesFailed");
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("broker: Catalog.Invalid"));
  const auto other =
      write_elsewhere("other.json", with(R"(,{"key":"broker","source":{"table":"agent"},)"
                                         R"("target":{"table":"broker"}})"));
  engine::Redrive redrive;
  redrive.catalog = other;
  engine_->redrive(failed.made.run_id, redrive);
  row = engine_->wait(failed.made.run_id);
  ASSERT_EQ(row.status, execution::Status::succeeded) << row.cause.value_or("");
  EXPECT_EQ(number("to.db", "SELECT id FROM broker"), 9);
  EXPECT_EQ(number("to.db", "SELECT count(*) FROM orch_evidence"), 3) << "only broker is repeated";
  EXPECT_EQ(row.resumes, 2);
}

TEST_F(ShippedWorkflows, AResumeGoesOnWhereTheProjectIsNow) {
  const auto failed = run("replicate", R"({"catalog":"catalog.json"})");
  ASSERT_EQ(failed.error, "Replicate.TablesFailed");
  sql("from.db", "CREATE TABLE broker (id INTEGER PRIMARY KEY)");
  fs::create_directory(folder_ / "moved");
  for (const auto* file : {"connections.json", "catalog.json", "from.db", "to.db"})
    fs::rename(folder_ / file, folder_ / "moved" / file);
  engine::Redrive redrive;
  redrive.connections = (folder_ / "moved" / "connections.json").string();
  engine_->redrive(failed.made.run_id, redrive);
  const auto row = engine_->wait(failed.made.run_id);
  ASSERT_EQ(row.status, execution::Status::succeeded) << row.cause.value_or("");
  EXPECT_EQ(row.made.connections, redrive.connections);
}

TEST_F(ShippedWorkflows, VerifyOnlyTellsWhatDiffers) {
  sql("from.db", "CREATE TABLE broker (id INTEGER PRIMARY KEY); INSERT INTO broker VALUES (7);");
  ASSERT_EQ(run("replicate", R"({"catalog":"catalog.json"})").status, execution::Status::succeeded);
  EXPECT_EQ(run("verify_only", R"({"catalog":"catalog.json"})").status,
            execution::Status::succeeded);
  sql("to.db", "UPDATE posting SET amount = amount + 1 WHERE id = 3");
  const auto row = run("verify_only", R"({"catalog":"catalog.json"})");
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("posting: Audit.Different"));
}

TEST_F(ShippedWorkflows, AFailureWithinTheToleranceIsReportedOnly) {
  const auto row = run("replicate", R"({"catalog":"catalog.json","tolerance":1})");
  ASSERT_EQ(row.status, execution::Status::succeeded) << row.cause.value_or("");
  EXPECT_THAT(*row.output, ::testing::HasSubstr(R"("failed":["broker"])"));
}

TEST_F(ShippedWorkflows, ASourceThatStaysOfflineEndsTheRun) {
  fs::remove(folder_ / "from.db");
  const auto row = run("replicate", R"({"catalog":"catalog.json","deadline_seconds":0})");
  EXPECT_EQ(row.error, "Connection.Down");
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("from is down"));
}

TEST_F(ShippedWorkflows, ASourceThatRefusesIsNotWaitedFor) {
  write("connections.json",
        R"({"version":1,"connections":{"from":{"url":"postgresql://me@127.0.0.1:1/x",)"
        R"("password":{"env":"ORCH_TEST_NO_SUCH_PASSWORD"}},"to":{"url":"sqlite:to.db"}}})");
  const auto row = run("replicate", R"({"catalog":"catalog.json"})");
  EXPECT_EQ(row.error, "Connection.SecretMissing");
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("from refuses: "));
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr(R"("hint")"));
}

TEST_F(ShippedWorkflows, AWrongCatalogIsReportedWhole) {
  write("catalog.json",
        R"({"version":1,"tables":[{"source":{"tabel":"x"}},{"strategy":"replce"}]})");
  const auto row = run("replicate", R"({"catalog":"catalog.json"})");
  EXPECT_EQ(row.error, "Catalog.Invalid");
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("did you mean \\\"replace\\\""));
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("tabel"));
}

TEST_F(ShippedWorkflows, WithoutACatalogTheRunSaysWhatIsMissing) {
  const auto row = run("replicate", "{}");
  EXPECT_EQ(row.error, "Input.Invalid");
  EXPECT_THAT(row.cause.value_or(""), ::testing::HasSubstr("no \\\"catalog\\\" in the input"));
}

TEST_F(ShippedWorkflows, WhatCannotBeMeantIsRefusedBeforeARowMoves) {
  const auto error = [&](const std::string& input) {
    return run("replicate", input).error.value_or("none");
  };
  EXPECT_EQ(error(R"({"catalog":"catalog.json","onyl":"treaty"})"), "Input.Invalid");
  EXPECT_EQ(error(R"({"catalog":"catalog.json","allow_empty":1})"), "Input.Invalid");
  EXPECT_EQ(error(R"({"catalog":"catalog.json","only":"treatie"})"), "Catalog.NoMatch");
  EXPECT_EQ(error(R"({"catalog":"catalog.json","tags":"daily"})"), "Catalog.NoMatch");
  sql("to.db", "DROP TABLE broker");
  EXPECT_EQ(error(R"({"catalog":"catalog.json"})"), "Source.TableMissing");
  write("catalog.json",
        R"({"version":1,"defaults":{"source":{"connection":"from"},"target":{"connection":"to"}},)"
        R"("tables":[{"source":{"table":"treaty"}},)"
        R"({"key":"t2","source":{"table":"posting"},"target":{"table":"TREATY"}}]})");
  EXPECT_EQ(error(R"({"catalog":"catalog.json"})"), "Catalog.TargetClash");
  EXPECT_EQ(number("to.db", "SELECT count(*) FROM sqlite_schema"), 0);
  write("catalog.json", R"({"version":1,"tables":[]})");
  EXPECT_EQ(error(R"({"catalog":"catalog.json"})"), "Catalog.Empty");
  EXPECT_EQ(run("replicate", R"({"catalog":"catalog.json","allow_empty":true})").status,
            execution::Status::succeeded);
}

}  // namespace
}  // namespace orch
