// orch:sql on a real PostgreSQL server.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"
#include "tests/tools/tool_test.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;

class SqlOnPostgres : public ToolTest {
 protected:
  SqlOnPostgres() : url_(PostgresServer::shared().create_database("sql_tool")) {
    connect(R"("db":{"url":")" + url_ + R"("})");
    pg_run(url_, "CREATE TABLE t (id int PRIMARY KEY, name text)");
  }
  static std::string statement(const std::string& sql, const std::string& more = "") {
    return R"({"connection":"db","sql":)" + json::write(boost::json::string(sql)) + more + "}";
  }
  boost::json::value call(const std::string& input) { return run(*worker_, input); }
  Failure call_fails(const std::string& input) { return fails(*worker_, input); }
  std::string count() const { return pg_value(url_, "SELECT count(*) FROM t"); }

  std::string url_;
  std::unique_ptr<workers::Worker> worker_ = tools::make_sql();
};

TEST_F(SqlOnPostgres, ReturnsRowsWithTheirTypes) {
  const auto output = call(statement(
      "SELECT 9223372036854775807 AS big, 1.5::float8 AS real, 0.10 AS exact, 'ü' AS text,"
      " '\\x00ff'::bytea AS bytes, NULL AS none, 'NaN'::float8 AS nan, '-Infinity'::float4 AS inf,"
      " true AS yes, '{\"a\":[1]}'::jsonb AS doc, date '2024-02-29' AS day,"
      " $1::bool AS p1, $2::jsonb AS p2, $3::text AS p3",
      R"(,"params":[false,{"b":1},null])"));
  EXPECT_EQ(json::write(output.at("rows").at(0)),
            R"({"big":9223372036854775807,"real":1.5,"exact":"0.10","text":"ü","bytes":"\\x00ff",)"
            R"("none":null,"nan":"NaN","inf":"-Infinity","yes":true,"doc":{"a":[1]},)"
            R"("day":"2024-02-29","p1":false,"p2":{"b":1},"p3":null})");
  EXPECT_EQ(output.at("changes"), 0);
}

TEST_F(SqlOnPostgres, TransactionsAreNotTheStatements) {
  for (const char* sql : {"COMMIT", " rollback ", "-- why\nEND", "/* a /* b */ */ ;begin",
                          "SAVEPOINT s", "PREPARE TRANSACTION 'x'", "Start Transaction"})
    EXPECT_EQ(call_fails(statement(sql, R"(,"once":"k")")).error, "Sql.Failed") << sql;
  EXPECT_EQ(pg_value(url_, "SELECT to_regclass('orch.sql_once')"), "NULL");
  EXPECT_EQ(call(statement("SELECT 1 AS commit")).at("count"), 1);
}

TEST_F(SqlOnPostgres, ChangesAreCounted) {
  const auto values = R"(,"params":["o'clock; DROP TABLE t"])";
  EXPECT_EQ(call(statement("INSERT INTO t VALUES (1, $1), (2, 'b')", values)).at("changes"), 2);
  EXPECT_EQ(call(statement("CREATE TABLE u (x int)")).at("changes"), 0);
  const auto returned = call(statement("DELETE FROM t RETURNING name"));
  EXPECT_EQ(returned.at("count"), 2);
  EXPECT_EQ(returned.at("changes"), 2);
  EXPECT_EQ(returned.at("rows").at(0).at("name"), "o'clock; DROP TABLE t");
}

TEST_F(SqlOnPostgres, OnceIsDoneOnceAlsoByTwoAtATime) {
  const auto input = statement("INSERT INTO t SELECT coalesce(max(id), 0) + 1 FROM t RETURNING id",
                               R"(,"once":"load-42")");
  boost::json::value other;
  std::thread twin([&] {
    const auto worker = tools::make_sql();
    other = run(*worker, input);
  });
  const auto mine = call(input);
  twin.join();
  EXPECT_NE(mine.at("repeated").as_bool(), other.at("repeated").as_bool());
  EXPECT_EQ(json::write(mine.at("rows")), json::write(other.at("rows")));
  EXPECT_EQ(count(), "1");
  EXPECT_EQ(call_fails(statement("SELECT 1 AS x", R"(,"once":"load-42")")).error,
            "Sql.OnceMismatch");
}

TEST_F(SqlOnPostgres, AFailedOnceLeavesNoRecord) {
  pg_run(url_, "INSERT INTO t VALUES (1)");
  const auto input = statement("INSERT INTO t VALUES (1)", R"(,"once":"k")");
  EXPECT_EQ(call_fails(input).error, "Sql.Constraint");
  pg_run(url_, "DELETE FROM t");
  EXPECT_EQ(call(input).at("repeated"), false);
}

TEST_F(SqlOnPostgres, TooMuchIsCancelledAndUndone) {
  const auto insert = "INSERT INTO t SELECT n, 'x' FROM generate_series(1, 1000) n RETURNING name";
  EXPECT_EQ(call_fails(statement(insert, R"(,"max_rows":10)")).error, "Sql.ResultTooLarge");
  EXPECT_EQ(call_fails(statement(insert, R"(,"max_bytes":10)")).error, "Sql.ResultTooLarge");
  EXPECT_EQ(count(), "0");
  EXPECT_EQ(call_fails(statement("SELECT generate_series(1, 100000000) AS n")).error,
            "Sql.ResultTooLarge");
}

TEST_F(SqlOnPostgres, RefusalsSayWhy) {
  struct Case {
    std::string input, error, part;
  };
  for (const auto& [input, error, part] : std::vector<Case>{
           {statement("SELECT nope FROM t"), "Sql.Failed", "\"nope\" does not exist"},
           {statement("SELECT 1; DROP TABLE t"), "Sql.Failed", "multiple commands"},
           {statement("SELECT 1 AS a, 2 AS a"), "Sql.Failed", "two columns are named"},
           {statement("SELECT 1/0 AS x"), "Sql.Failed", "division by zero"},
           {statement("COPY t TO STDOUT"), "Sql.Failed", "COPY"},
           {statement("SELECT $1::int, $2::int AS b", R"(,"params":[1])"), "Sql.ParameterInvalid",
            "2 parameters"},
           {statement("SELECT $1::text", R"(,"params":["a\u0000b"])"), "Sql.ParameterInvalid",
            "zero byte"},
           {statement("SELECT '{\"a\":1,\"a\":2}'::json AS j"), "Sql.ValueUnsupported",
            "duplicate"}}) {
    const auto failed = call_fails(input);
    EXPECT_EQ(failed.error, error) << input;
    EXPECT_THAT(failed.message, HasSubstr(part)) << input;
  }
}

TEST_F(SqlOnPostgres, StopCancelsTheStatement) {
  context_.stop = true;
  EXPECT_THROW(call(statement("SELECT pg_sleep(100)::text AS x")), workers::Cancelled);
}

}  // namespace
}  // namespace orch::test
