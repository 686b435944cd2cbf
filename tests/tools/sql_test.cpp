#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sqlite_file.h"
#include "tests/tools/tool_test.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;

class SqlTool : public ToolTest {
 protected:
  SqlTool() {
    connect(
        R"("db":{"url":"sqlite:db.sqlite"},"files":{"url":"csv:."},"no":{"url":"sqlite:no.db"})");
    run_sql(file(),
            "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount REAL, doc BLOB);"
            "CREATE TABLE child (t INTEGER REFERENCES t (id))");
  }
  std::filesystem::path file() const { return folder_ / "db.sqlite"; }
  /// Input with `sql` and more members.
  static std::string statement(const std::string& sql, const std::string& more = "") {
    return R"({"connection":"db","sql":)" + json::write(boost::json::string(sql)) + more + "}";
  }
  boost::json::value call(const std::string& input) { return run(*worker_, input); }
  Failure call_fails(const std::string& input) { return fails(*worker_, input); }

  std::unique_ptr<workers::Worker> worker_ = tools::make_sql();
};

TEST_F(SqlTool, ReturnsRowsWithTheirTypes) {
  const auto output = call(statement(
      "SELECT 9223372036854775807 AS big, 1.5 AS real, 'ü' AS text, x'00ff' AS blob, NULL AS none,"
      " 9e999 AS inf, ?1 AS p1, ?2 AS p2, ?3 AS p3",
      R"(,"params":[true,{"a":1},null])"));
  EXPECT_EQ(json::write(output),
            R"({"rows":[{"big":9223372036854775807,"real":1.5,"text":"ü","blob":"\\x00ff",)"
            R"("none":null,"inf":"Infinity","p1":1,"p2":"{\"a\":1}","p3":null}],"count":1,)"
            R"("changes":0,"repeated":false})");
}

TEST_F(SqlTool, ChangesAreCounted) {
  const auto values = R"(,"params":["o'clock; DROP TABLE t"])";
  EXPECT_EQ(call(statement("INSERT INTO t (name) VALUES (?1), ('b')", values)).at("changes"), 2);
  EXPECT_EQ(call(statement("SELECT name FROM t WHERE id = 1")).at("rows").at(0).at("name"),
            "o'clock; DROP TABLE t");
  EXPECT_EQ(call(statement("UPDATE t SET amount = 1 WHERE id > 99")).at("changes"), 0);
  EXPECT_EQ(call(statement("CREATE TABLE u (x)")).at("changes"), 0);
  const auto returned = call(statement("DELETE FROM t RETURNING id"));
  EXPECT_EQ(returned.at("count"), 2);
  EXPECT_EQ(returned.at("changes"), 2);
}

TEST_F(SqlTool, OnceIsDoneOnce) {
  const auto input = statement("INSERT INTO t (name) VALUES (?1) RETURNING id",
                               R"(,"params":["a"],"once":"load-42")");
  const auto first = call(input);
  const auto second = call(input);
  EXPECT_EQ(first.at("repeated"), false);
  EXPECT_EQ(second.at("repeated"), true);
  EXPECT_EQ(json::write(first.at("rows")), json::write(second.at("rows")));
  EXPECT_EQ(count_of(file(), "t"), 1);
  const auto other = call_fails(statement("INSERT INTO t (name) VALUES (?1) RETURNING id",
                                          R"(,"params":["b"],"once":"load-42")"));
  EXPECT_EQ(other.error, "Sql.OnceMismatch");
}

TEST_F(SqlTool, AFailedOnceLeavesNoRecord) {
  const auto input = statement("INSERT INTO t (id) VALUES (1)", R"(,"once":"k")");
  run_sql(file(), "INSERT INTO t (id) VALUES (1)");
  EXPECT_EQ(call_fails(input).error, "Sql.Constraint");
  run_sql(file(), "DELETE FROM t");
  EXPECT_EQ(call(input).at("repeated"), false);
  EXPECT_EQ(count_of(file(), "t"), 1);
}

TEST_F(SqlTool, ForeignKeysAreEnforced) {
  EXPECT_EQ(call_fails(statement("INSERT INTO child VALUES (5)")).error, "Sql.Constraint");
}

TEST_F(SqlTool, TooMuchIsRefusedAndUndone) {
  const auto insert = "INSERT INTO t (name) VALUES ('aaaaaaaaaa'), ('b'), ('c') RETURNING name";
  EXPECT_EQ(call_fails(statement(insert, R"(,"max_rows":2)")).error, "Sql.ResultTooLarge");
  EXPECT_EQ(call_fails(statement(insert, R"(,"max_bytes":9)")).error, "Sql.ResultTooLarge");
  EXPECT_EQ(count_of(file(), "t"), 0);
  EXPECT_EQ(call(statement(insert, R"(,"max_rows":3)")).at("count"), 3);
}

TEST_F(SqlTool, StatementsAreNotSettings) {
  for (const auto* sql :
       {"PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON", "PRAGMA synchronous = OFF",
        "PRAGMA user_version = 7", "ATTACH '/tmp/other.db' AS other", "DETACH main",
        "SELECT load_extension('x')", "PRAGMA wal_checkpoint", "VACUUM INTO '/tmp/other.db'"}) {
    const auto failed = call_fails(statement(sql));
    EXPECT_EQ(failed.error, "Sql.Failed") << sql;
  }
  EXPECT_THAT(call_fails(statement("PRAGMA journal_mode = DELETE")).message,
              HasSubstr("PRAGMA journal_mode is not a statement for orch:sql"));
  EXPECT_EQ(call(statement("PRAGMA table_info(t)")).at("count"), 4);
  EXPECT_EQ(call(statement("SELECT name FROM pragma_table_info('t')")).at("count"), 4);
  EXPECT_EQ(call(statement("CREATE TABLE made (a)")).at("count"), 0);
}

TEST_F(SqlTool, AStatementWithoutAnEndEnds) {
  const auto endless =
      "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
  const auto failed = call_fails(statement(endless, R"(,"timeout_seconds":1)"));
  EXPECT_EQ(failed.error, "Sql.TimedOut");
  EXPECT_THAT(failed.message, HasSubstr("longer than 1 s"));
}

TEST_F(SqlTool, RefusalsSayWhy) {
  struct Case {
    std::string input, error, part;
  };
  run_sql(file(), "INSERT INTO t (name) VALUES (CAST(x'ff' AS TEXT))");
  for (const auto& [input, error, part] : std::vector<Case>{
           {statement("SELECT nope FROM t"), "Sql.Failed", "no such column: nope"},
           {statement("SELECT 1; DROP TABLE t"), "Sql.Failed", "more than one statement"},
           {statement("SELECT 1 AS a, 2 AS a"), "Sql.Failed", "two columns are named"},
           {statement("SELECT ?1, ?2", R"(,"params":[1])"), "Sql.ParameterInvalid", "2 parameters"},
           {statement("SELECT 1", R"(,"params":[1])"), "Sql.ParameterInvalid", "0 parameters"},
           {statement("SELECT name FROM t"), "Sql.ValueUnsupported", "\"name\""},
           {R"({"connection":"no","sql":"SELECT 1"})", "Connection.Down", "no.db"},
           {R"({"connection":"files","sql":"SELECT 1"})", "Connection.Unsupported", "files"},
           {R"({"connection":"bd","sql":"SELECT 1"})", "Connection.Unknown", "did you mean \"db\""},
           {R"({"sql":1,"param":[]})", "Input.Invalid", "param"}}) {
    const auto failed = call_fails(input);
    EXPECT_EQ(failed.error, error) << input;
    EXPECT_THAT(failed.message, HasSubstr(part)) << input;
  }
}

TEST_F(SqlTool, StopInterruptsAStatement) {
  context_.stop = true;
  EXPECT_THROW(call(statement("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                              "SELECT max(i) AS most FROM n")),
               workers::Cancelled);
}

}  // namespace
}  // namespace orch::test
