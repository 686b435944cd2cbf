// Connections files: tests/cases/connections.json, and what is opened from them.
#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/problems.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/connectors/connections.h"
#include "workers/connectors/registry.h"
#include "workers/worker.h"

namespace orch::test {
namespace {

using connectors::Connections;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const boost::json::object& one) {
  if (const auto* document = one.if_contains("document")) return json::write(*document);
  return json::write(boost::json::object{{"version", 1}, {"connections", one.at("connections")}});
}

class ConnectionsCase : public ::testing::TestWithParam<boost::json::object> {};

TEST_P(ConnectionsCase, HasTheseProblemsAndTellsNoSecret) {
  const TempFolder folder;
  std::vector<Problem> problems;
  try {
    Connections::load(folder.write("connections.json", text_of(GetParam())));
  } catch (const InvalidDocument& invalid) {
    problems = invalid.problems();
    EXPECT_THAT(std::string(invalid.what()), Not(HasSubstr("s3cret")));
  }
  expect_problems(problems, GetParam().at("problems").as_array());
  for (const auto& problem : problems) {
    EXPECT_THAT(problem.message + problem.hint, Not(HasSubstr("s3cret")));
    EXPECT_GT(problem.line, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ConnectionsCase, ::testing::ValuesIn(cases_in("connections.json")),
                         [](const auto& one) { return case_name(one.param); });

class ConnectionsTest : public ::testing::Test {
 protected:
  ConnectionsTest()
      : file_(folder_.write(
            "connections.json",
            R"({"version":1,"connections":{"db":{"url":"sqlite:data/x.db"},)"
            R"("files":{"url":"csv:drop"},"api":{"url":"http://api/v1?k=v","token":{"env":"ORCH_TEST_T"}},)"
            R"("hook":{"url":"http://hook","token":{"file":"t.txt"}},)"
            R"("pg":{"url":"postgresql://me@db:5433/x?sslmode=require"}}})")),
        connections_(Connections::load(file_)) {}

  template <class Call>
  std::string error_of(Call&& call) const {
    try {
      call();
    } catch (const workers::TaskFailed& failed) {
      return failed.error();
    }
    return "";
  }

  TempFolder folder_;
  std::filesystem::path file_;
  Connections connections_;
};

TEST_F(ConnectionsTest, DisplaysHaveNoSecretAndNoQuery) {
  const auto list = connections_.list();
  ASSERT_EQ(list.size(), 5u);
  EXPECT_EQ(list[0].display, "sqlite:data/x.db");
  EXPECT_EQ(list[2].display, "http://api/v1");
  EXPECT_EQ(list[4].display, "postgresql://me@db:5433/x");
}

TEST_F(ConnectionsTest, PathsStartAtTheFilesFolder) {
  std::filesystem::create_directory(folder_ / "data");
  run_sql(folder_ / "data/x.db", "CREATE TABLE t (id INTEGER)");
  EXPECT_EQ(connections_.open_source("db")->list().size(), 1u);
  EXPECT_EQ(connections_.folder(), folder_.path());
}

TEST_F(ConnectionsTest, SecretsAreFetchedWhenTheyAreNeeded) {
  EXPECT_EQ(error_of([&] { connections_.endpoint("api"); }), "Connection.SecretMissing");
  setenv("ORCH_TEST_T", "abc", 1);
  EXPECT_EQ(connections_.endpoint("api").token, "abc");
  unsetenv("ORCH_TEST_T");
  EXPECT_EQ(error_of([&] { connections_.endpoint("hook"); }), "Connection.SecretMissing");
  folder_.write("t.txt", "def\r\n");
  EXPECT_EQ(connections_.endpoint("hook").token, "def");
}

// What has just been written may be written again within the clock's grain: it is not kept yet.
TEST_F(ConnectionsTest, AFileIsReadAgainWhenItChanged) {
  const auto first = [&] { return Connections::current(file_)->list().front().name; };
  EXPECT_EQ(first(), "db");
  while (Connections::current(file_) != Connections::current(file_))
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  for (const auto* name : {"one", "two"}) {
    folder_.write(
        file_.filename(),
        fmt::format(R"({{"version":1,"connections":{{"{}":{{"url":"sqlite:x.db"}}}}}})", name));
    EXPECT_EQ(first(), name);
  }
  std::filesystem::remove(file_);
  EXPECT_THROW(Connections::current(file_), Error);
}

TEST_F(ConnectionsTest, WhatCannotBeDoneIsNamed) {
  EXPECT_EQ(error_of([&] { connections_.open_source("dbb"); }), "Connection.Unknown");
  EXPECT_EQ(error_of([&] { connections_.open_source("api"); }), "Connection.Unsupported");
  EXPECT_EQ(error_of([&] { connections_.open_target("files"); }), "Connection.Unsupported");
  EXPECT_EQ(error_of([&] { connections_.endpoint("db"); }), "Connection.Unsupported");
  EXPECT_EQ(error_of([&] { connections_.open_sql("files"); }), "Connection.Unsupported");
  EXPECT_EQ(error_of([&] { connections_.open_sql("db"); }), "Connection.Down");
}

TEST_F(ConnectionsTest, WhatCannotBeDoneSaysWhatCan) {
  try {
    connections_.open_target("files");
    FAIL();
  } catch (const workers::TaskFailed& failed) {
    EXPECT_THAT(failed.cause(), HasSubstr("(csv) cannot be a target"));
    EXPECT_THAT(failed.cause(),
                HasSubstr("it takes a connection of sqlite, duckdb, parquet or postgresql"));
  }
}

TEST_F(ConnectionsTest, ABrokenOrMissingFileIsNamed) {
  EXPECT_THROW(Connections::load(folder_.write("c.json", "{\"version\":")), InvalidDocument);
  try {
    Connections::load(folder_ / "none.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0302");
  }
}

std::string database_of(const std::string& connection) {
  const TempFolder folder;
  const auto file =
      folder.write("connections.json", R"({"version":1,"connections":{"c":)" + connection + "}}");
  auto text = Connections::load(file).database("c");
  const auto at = text.find(folder.path().string());
  return at == std::string::npos ? text : text.replace(at, folder.path().string().size(), "FOLDER");
}

TEST(Connections, ThatLeadToOneDatabaseAreTheSame) {
  EXPECT_EQ(database_of(R"({"url":"postgresql://me@DB1/dwh?application_name=x"})"),
            "postgresql://db1:5432/dwh");
  EXPECT_EQ(database_of(R"({"url":"postgresql://you@db1:5432/dwh"})"), "postgresql://db1:5432/dwh");
  EXPECT_EQ(database_of(R"({"url":"postgresql://you@db1:5433/dwh"})"), "postgresql://db1:5433/dwh");
  EXPECT_EQ(database_of(R"({"engine":"postgresql","host":"127.0.0.1","port":5432,"dbname":"d"})"),
            database_of(R"({"url":"postgresql://localhost/d"})"));
  EXPECT_EQ(database_of(R"({"engine":"postgresql","host":"/run/pg","user":"me"})"),
            "postgresql://localhost:5432/me");
  EXPECT_EQ(database_of(R"({"url":"sqlite:./sub/../to.db"})"), "sqlite:FOLDER/to.db");
  EXPECT_EQ(database_of(R"({"url":"sqlite:to.db"})"), "sqlite:FOLDER/to.db");
}

TEST(Connectors, AreFoundByEveryOneOfTheirSchemesAndByNoOther) {
  std::set<std::string_view> engines;
  for (const auto* connector : connectors::all()) {
    EXPECT_TRUE(engines.insert(connector->engine).second) << connector->engine;
    EXPECT_EQ(connectors::connector_of_url(connector->url_form), connector) << connector->engine;
    for (const auto scheme : connector->schemes)
      EXPECT_EQ(connectors::connector_of_url(std::string(scheme) + ":x"), connector) << scheme;
  }
  for (const char* other : {"", "sqlite", "sqlit:x", "sqlite3:x", ":x"})
    EXPECT_EQ(connectors::connector_of_url(other), nullptr) << other;
}

TEST(Connectors, AreListedByWhatTheyCan) {
  using data::Abilities;
  EXPECT_EQ(
      connectors::schemes_that(&Abilities::source),
      "sqlite:, csv:, jsonl:, duckdb:, parquet:, postgresql:, mysql:, odbc:, sqlserver:, oracle: "
      "or db2:");
  EXPECT_EQ(
      connectors::url_forms_that(&Abilities::target),
      "sqlite:FILE, duckdb:FILE, parquet:FOLDER or postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
  EXPECT_EQ(connectors::engines_that(&Abilities::endpoint), "http");
}

}  // namespace
}  // namespace orch::test
