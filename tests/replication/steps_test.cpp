// What the steps say and refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/sqlite_pair.h"
#include "workers/csv/csv.h"
#include "workers/data/plan_json.h"
#include "workers/replication/plan_request.h"

namespace orch {
namespace {

using data::Check;
using test::error_of;
using testing::HasSubstr;

class Steps : public test::SqlitePair {};

TEST_F(Steps, StageTellsWhatItDid) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1,'a'),(2,'b')");
  const auto out = replication_->stage(test::entry_of("t"));
  EXPECT_EQ(out.at("key"), "t");
  EXPECT_THAT(std::string(out.at("load").as_string()), testing::StartsWith("run1/t/1/"));
  EXPECT_EQ(out.at("rows"), 2);
  EXPECT_EQ(out.at("bytes"), 2 * (9 + 5 + 1));
  EXPECT_EQ(out.at("digest").as_string().size(), 32u);
  EXPECT_EQ(out.at("method"), "cells");
  EXPECT_EQ(out.at("parts"), 1);
  const auto position = target_->staged({"", "t"})->position;
  EXPECT_TRUE(position.at("source").as_object().contains("change_counter"));
  EXPECT_FALSE(out.contains("watermark"));
  const auto reports = replication_->context.reports();
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().phase, "staging");
  EXPECT_EQ(reports.back().rows, 2);
  EXPECT_EQ(reports.back().expected_rows, 2);
}

TEST_F(Steps, StageCopiesMappedColumnsOfAQuery) {
  prepare(
      "CREATE TABLE t (id INTEGER, secret, amount NUMERIC(12,2));"
      "INSERT INTO t VALUES (1,'x',1.5),(2,'y',2)");
  auto entry = test::entry_of("t");
  entry.source = {{}, "SELECT id, amount AS total FROM t -- all of it"};
  entry.columns = {{"total", "sum", "REAL"}, {"id", "", ""}};
  entry.where = "id > 0 -- the positive ones";
  std::string message;
  // 2 is an INTEGER in the source and would become 2.0 in a REAL column.
  EXPECT_EQ(error_of([&] { replication_->stage(entry); }, &message), "Type.ValueRefused");
  EXPECT_THAT(message, HasSubstr("t.sum: found INTEGER 2"));
  EXPECT_THAT(message, HasSubstr("(row 2 of the read)"));
  entry.columns[0].type = "ANY";
  replication_->replicate(entry);
  EXPECT_EQ(test::rows_of(target_file_, "SELECT sum, id FROM t"),
            test::rows_of(source_file_, "SELECT amount, id FROM t"));
}

TEST_F(Steps, ExcludedAndComputedColumnsStayOut) {
  prepare(
      "CREATE TABLE t (id INTEGER, secret TEXT, twice INTEGER AS (id * 2)); "
      "INSERT INTO t VALUES (1, 'x')",
      "CREATE TABLE t (id INTEGER, twice INTEGER AS (id * 3))");
  auto entry = test::entry_of("t");
  entry.exclude = {"secret"};
  replication_->replicate(entry);
  EXPECT_EQ(test::rows_of(target_file_, "SELECT * FROM t"), (std::vector<std::string>{"1:1|1:3|"}));
}

TEST_F(Steps, EveryMissingColumnIsNamed) {
  prepare("CREATE TABLE t (id INTEGER, amount)");
  auto entry = test::entry_of("t");
  entry.columns = {{"amuont", "", ""}, {"nothing", "", ""}};
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->stage(entry); }, &message), "Source.ColumnMissing");
  EXPECT_THAT(message, HasSubstr("no column \"amuont\"; did you mean \"amount\"?"));
  EXPECT_THAT(message, HasSubstr("no column \"nothing\""));
}

TEST_F(Steps, TheRefusedValueIsNamedWithItsRow) {
  prepare(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);"
      "INSERT INTO t VALUES (10, 1), (20, 'twelve')",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT");
  try {
    replication_->stage(test::entry_of("t"));
    FAIL() << "accepted";
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Type.ValueRefused");
    const auto cause = json::parse(failure.cause());
    EXPECT_EQ(cause.at("message"),
              "t.n: found TEXT 'twelve', expected a value that INTEGER keeps: the table is STRICT "
              "(row 2 of the read) (rowid 20)");
    EXPECT_EQ(cause.at("column"), "t.n");
    EXPECT_EQ(cause.at("row"), 2);
    EXPECT_EQ(cause.at("rowid"), 20);
    EXPECT_EQ(cause.at("code"), "ORCH-0436");
  }
  EXPECT_FALSE(target_->staged({"", "t"}).has_value());
}

TEST_F(Steps, VerifyNoticesAStagedRowThatChanged) {
  prepare("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1),(2)");
  const auto load = replication_->stage(test::entry_of("t"));
  test::run_sql(target_file_, "UPDATE orch_stage__t SET id = 3 WHERE id = 2");
  EXPECT_EQ(error_of([&] { replication_->verify(test::entry_of("t"), load); }), "Verify.Different");
  EXPECT_EQ(error_of([&] { replication_->merge(test::entry_of("t"), load); }), "Merge.NotVerified");
}

TEST_F(Steps, VerifyListsEveryFailedCheck) {
  prepare("CREATE TABLE t (id INTEGER, v); INSERT INTO t VALUES (1,5),(1,NULL),(NULL,-1)",
          "CREATE TABLE t (id INTEGER, v); INSERT INTO t VALUES (1,1)");
  auto entry = test::entry_of("t");
  const auto add = [&](std::string name, Check::Type type, std::vector<std::string> columns,
                       double bound = 0, std::string sql = {}) {
    entry.checks.push_back({std::move(name), type, std::move(columns), bound, std::move(sql)});
  };
  add("id there", Check::Type::not_null, {"id"});
  add("id once", Check::Type::unique, {"id"});
  add("v once", Check::Type::unique, {"v"});
  add("enough", Check::Type::min_rows, {}, 4);
  add("few", Check::Type::max_rows, {}, 2);
  add("growth", Check::Type::max_growth_percent, {}, 150);
  add("shrinkage", Check::Type::max_shrink_percent, {}, 0);
  add("positive", Check::Type::sql, {}, 0, "v > 0 -- of course");
  const auto load = replication_->stage(entry);
  try {
    replication_->verify(entry, load);
    FAIL() << "passed";
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Check.Failed");
    const auto cause = json::parse(failure.cause());
    const auto& checks = cause.at("checks").as_array();
    const auto found = [&](std::size_t i) {
      return std::string(checks[i].at("found").as_string());
    };
    std::vector<bool> passed;
    for (const auto& check : checks) passed.push_back(check.at("passed").as_bool());
    EXPECT_EQ(passed, (std::vector<bool>{false, false, true, false, false, false, true, false}));
    EXPECT_EQ(found(0), "1 row violates it; first: (id=NULL v=-1)");
    EXPECT_EQ(found(1), "2 rows violate it; first: (id=1 v=5), (id=1 v=NULL)");
    EXPECT_EQ(found(5), "200.0 %: 3 rows after 1");
    EXPECT_EQ(found(7), "2 rows violate it; first: (id=1 v=NULL), (id=NULL v=-1)");
  }
}

TEST_F(Steps, AnSqlCheckIsAConditionAndNothingElse) {
  prepare("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)",
          "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (7)");
  for (const auto* sql : {"1); DELETE FROM t; --", "1 = 1); DELETE FROM t WHERE (1", "nothing > 0",
                          "id >", "DELETE FROM t"}) {
    auto entry = test::entry_of("t");
    entry.checks = {{"bad", Check::Type::sql, {}, 0, sql}};
    const auto load = replication_->stage(entry);
    EXPECT_EQ(error_of([&] { replication_->verify(entry, load); }), "Check.Invalid") << sql;
  }
  EXPECT_EQ(test::count_of(target_file_, "t WHERE id = 7"), 1);
}

TEST_F(Steps, ATargetThatChangedSinceStagingIsNotMerged) {
  prepare("CREATE TABLE t (id INTEGER)", "CREATE TABLE t (id INTEGER)");
  const auto load = replication_->stage(test::entry_of("t"));
  replication_->verify(test::entry_of("t"), load);
  test::run_sql(target_file_, "DROP TABLE t; CREATE TABLE t (id TEXT)");
  EXPECT_EQ(error_of([&] { replication_->merge(test::entry_of("t"), load); }), "Schema.Changed");
}

TEST_F(Steps, ThePlanTravelsWithTheLoadAndIsNotMadeAgain) {
  prepare("CREATE TABLE t (id INTEGER)", "CREATE TABLE t (id INTEGER)");
  const auto load = replication_->stage(test::entry_of("t"));
  const auto staged = target_->staged({"", "t"});
  const auto plan = data::plan_in(staged->position, staged->fingerprint);
  ASSERT_TRUE(plan);
  test::run_sql(target_file_, "DROP TABLE t; CREATE TABLE t (id TEXT)");
  replication_->verify(test::entry_of("t"), load);  // which looks at the staged rows alone
  test::run_sql(target_file_, "DROP TABLE t; CREATE TABLE t (id INTEGER)");
  replication_->merge(test::entry_of("t"), load);
  const auto evidence = target_->last_published({"", "t"});
  EXPECT_TRUE(evidence->position.contains("request"));
  EXPECT_FALSE(evidence->position.contains("plan"));
}

TEST_F(Steps, ALateDeliveryOfAFleetReplacesNoLoadThatTheControllerHasVerified) {
  prepare("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  test::RecordingContext context;
  const auto entry = test::entry_of("t");
  const auto of_fleet = [&](std::int64_t fence) {
    auto task = test::task_of(fence);
    task.store = "eu-west-1/123456789012";
    return replication::stage({task, context, entry}, *source_, *target_);
  };
  const auto load = of_fleet(200);
  replication_->verify(entry, load);  // under the controller's own fences, which are small
  EXPECT_EQ(error_of([&] { of_fleet(100); }), "Fence.Stale");
  EXPECT_EQ(replication_->merge(entry, load).at("repeated"), false);
  of_fleet(300);
}

TEST_F(Steps, APlanOfAnotherVersionIsMadeAnew) {
  prepare("CREATE TABLE t (id INTEGER)", "CREATE TABLE t (id INTEGER)");
  for (const auto* older :
       {"json_remove(position, '$.plan')", "json_set(position, '$.plan.version', '0.0.1 1')",
        "json_set(position, '$.plan', 'none')"}) {
    const auto load = replication_->stage(test::entry_of("t"));
    test::run_sql(target_file_, fmt::format("UPDATE orch_load SET position = {}", older));
    replication_->verify(test::entry_of("t"), load);
    test::run_sql(target_file_, "ALTER TABLE t RENAME TO other; CREATE TABLE t (id TEXT)");
    EXPECT_EQ(error_of([&] { replication_->verify(test::entry_of("t"), load); }), "Schema.Changed");
    test::run_sql(target_file_, "DROP TABLE t; ALTER TABLE other RENAME TO t");
    EXPECT_EQ(replication_->merge(test::entry_of("t"), load).at("repeated"), false);
  }
}

TEST_F(Steps, ReconcileNoticesThatSomebodyWroteToTheTarget) {
  prepare("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1),(2)");
  replication_->replicate(test::entry_of("t"));
  test::run_sql(target_file_, "UPDATE t SET id = 5 WHERE id = 2");
  auto entry = test::entry_of("t");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->reconcile(entry); }, &message), "Reconcile.Different");
  EXPECT_THAT(message, HasSubstr("the target t has 2 rows with digest"));
  EXPECT_THAT(message,
              testing::ContainsRegex("and load run1/t/1/[0-9a-f]+ left 2 rows with digest"));
  entry.reconcile = catalog::Reconcile::count;
  const auto counted = replication_->reconcile(entry);
  EXPECT_TRUE(counted.at("equal").as_bool());
  EXPECT_TRUE(counted.at("source").at("digest").is_null());
  entry.reconcile = catalog::Reconcile::off;
  EXPECT_TRUE(replication_->reconcile(entry).at("equal").is_null());
}

TEST_F(Steps, ReconcileComparesWithWhatWasReadHoweverTheSourceGoesOn) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1,'a'),(2,'b')");
  for (const auto strategy :
       {data::Strategy::replace, data::Strategy::upsert, data::Strategy::append}) {
    const auto entry = test::entry_of("t", strategy);
    if (strategy == data::Strategy::append) test::run_sql(target_file_, "DELETE FROM t");
    const boost::json::value load = replication_->stage(entry);
    test::run_sql(source_file_,
                  "INSERT INTO t (v) VALUES ('new'); UPDATE t SET v = 'later' WHERE id = 1;"
                  "DELETE FROM t WHERE id = (SELECT max(id) - 1 FROM t)");
    replication_->verify(entry, load.as_object());
    replication_->merge(entry, load.as_object());
    const auto compared = replication_->reconcile(entry, &load);
    EXPECT_EQ(compared.at("equal"), true);
    EXPECT_EQ(compared.at("as_of"), load.at("as_of"));
    EXPECT_THAT(std::string(compared.at("as_of").at("time").as_string()), testing::EndsWith("Z"));
    EXPECT_EQ(compared.contains("deletes"), strategy != data::Strategy::replace);
  }
}

TEST_F(Steps, ReconcileLeavesALaterLoadAlone) {
  prepare("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  const auto entry = test::entry_of("t");
  const boost::json::value load = replication_->stage(entry);
  replication_->verify(entry, load.as_object());
  replication_->merge(entry, load.as_object());
  test::run_sql(source_file_, "INSERT INTO t VALUES (2)");
  replication_->replicate(entry);
  const auto compared = replication_->reconcile(entry, &load);
  EXPECT_TRUE(compared.at("equal").is_null());
  EXPECT_THAT(std::string(compared.at("superseded_by").as_string()),
              testing::StartsWith("run1/t/4/"));
  EXPECT_EQ(compared.at("load"), load.at("load"));
}

TEST_F(Steps, ReconcileNeedsAPublishedLoad) {
  prepare("CREATE TABLE t (id INTEGER)", "CREATE TABLE t (id INTEGER)");
  EXPECT_EQ(error_of([&] { replication_->reconcile(test::entry_of("t")); }), "Target.TableMissing");
}

TEST_F(Steps, TheEvidenceOfTheNewestLoadIsAtHand) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1),(2)");
  EXPECT_FALSE(target_->last_published({"", "t"}).has_value());
  replication_->replicate(test::entry_of("t"));
  test::run_sql(source_file_, "INSERT INTO t VALUES (3)");
  const auto load = replication_->stage(test::entry_of("t", data::Strategy::upsert));
  replication_->verify(test::entry_of("t", data::Strategy::upsert), load);
  replication_->merge(test::entry_of("t", data::Strategy::upsert), load);
  auto newest = target_->last_published({"", "T"});
  ASSERT_TRUE(newest.has_value());
  EXPECT_EQ(newest->load, load.at("load").as_string());
  EXPECT_EQ(newest->run, "run1");
  EXPECT_EQ(newest->run_name, "nightly");
  EXPECT_THAT(newest->published_at, testing::EndsWith("Z"));
  EXPECT_EQ(newest->strategy, data::Strategy::upsert);
  EXPECT_EQ(newest->digest.hex(), load.at("digest").as_string());
  EXPECT_EQ(newest->total_rows, 3);
  EXPECT_TRUE(newest->position.contains("request"));
  EXPECT_FALSE(newest->emptied);
  test::run_sql(target_file_, "DELETE FROM t");
  EXPECT_TRUE(target_->last_published({"", "t"})->emptied);
  test::run_sql(target_file_, "DROP TABLE t");
  EXPECT_FALSE(target_->last_published({"", "t"}).has_value());
}

TEST_F(Steps, AStopEndsTheMoveAndLeavesTheTargetAlone) {
  prepare(
      "CREATE TABLE t (id INTEGER); INSERT INTO t WITH RECURSIVE n(i) AS "
      "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i FROM n a, n b");
  replication_->context.stop = true;
  EXPECT_THROW(replication_->stage(test::entry_of("t")), workers::Cancelled);
  EXPECT_FALSE(target_->staged({"", "t"}).has_value());
}

TEST_F(Steps, APlanSurvivesJson) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20) NOT NULL, b DECIMAL(9,3))");
  auto entry = test::entry_of("t", data::Strategy::upsert);
  entry.columns = {{"id", "no", ""}, {"b", "", "TEXT"}};
  const auto request = replication::make_request(entry, *source_, *target_);
  const auto json = data::to_json(request);
  EXPECT_EQ(json::write(data::to_json(data::request_from_json(json))), json::write(json));
  EXPECT_EQ(data::request_from_json(json).key_columns, std::vector<std::string>{"no"});
  auto plan = target_->plan(request);
  plan.expressions = {"a::text", ""};
  plan.format = data::RowFormat::pg_text;
  boost::json::object position;
  data::write_plan(position, plan);
  const auto read = data::plan_in(position, plan.fingerprint);
  ASSERT_TRUE(read);
  boost::json::object again;
  data::write_plan(again, *read);
  EXPECT_EQ(json::write(again), json::write(position));
  EXPECT_EQ(read->expressions, plan.expressions);
  EXPECT_EQ(read->format, data::RowFormat::pg_text);
  EXPECT_EQ(read->columns.at(1).name, "b");
  EXPECT_TRUE(read->create);
}

TEST_F(Steps, RequestsOfOlderVersionsSayTheEngineOfTheSource) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  const auto request = replication::make_request(test::entry_of("t"), *source_, *target_);
  auto older = data::to_json(request);
  older.erase("family");
  older.erase("order");
  older["engine"] = "sqlite";
  EXPECT_EQ(json::write(data::to_json(data::request_from_json(older))),
            json::write(data::to_json(request)));
  older["engine"] = "postgresql";
  EXPECT_EQ(data::request_from_json(older).source_traits.family, "postgresql");
  EXPECT_EQ(data::request_from_json(older).source_traits.order, "");
}

}  // namespace
}  // namespace orch
