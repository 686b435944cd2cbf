// What `orch catalog validate` finds with PostgreSQL at both ends.
#include "workers/replication/catalog_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/postgres/pair.h"
#include "tests/support/problems.h"
#include "tests/support/temp_folder.h"
#include "workers/replication/catalog_refresh.h"

namespace orch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CatalogCheck : public ::testing::Test {
 protected:
  CatalogCheck() {
    folder_.write("connections.json",
                  fmt::format(R"({{"version":1,"connections":{{"from":{{"url":"{}"}},)"
                              R"("to":{{"url":"{}"}}}}}})",
                              pair_.from, pair_.to));
    test::pg_run(pair_.from,
                 "DROP TABLE IF EXISTS t, a; CREATE TABLE t (id int PRIMARY KEY, n numeric(9,2), "
                 "day date); CREATE TABLE a (id int)");
    test::pg_run(pair_.to, "DROP TABLE IF EXISTS there; CREATE TABLE there (id int, n numeric)");
  }

  /// Of one entry, from its members beside the target.
  std::vector<Problem> problems(const std::string& entry, const std::string& target = "made") {
    const auto catalog = catalog_of(entry, target);
    return replication::check_catalog(catalog, catalog.entries,
                                      connectors::Connections::load(folder_ / "connections.json"));
  }

  replication::TablePlan plan(const std::string& entry, const std::string& target) {
    const auto catalog = catalog_of(entry, target);
    return replication::plan_catalog(catalog, catalog.entries,
                                     connectors::Connections::load(folder_ / "connections.json"))
        .at(0);
  }

  static catalog::Catalog catalog_of(const std::string& entry, const std::string& target) {
    return catalog::parse_catalog(
        json::parse(fmt::format(
            R"({{"version":1,"defaults":{{"source":{{"connection":"from"}},)"
            R"("target":{{"connection":"to"}}}},"tables":[{{"key":"k",{},"target":{{"table":"{}"}}}}]}})",
            entry, target)),
        "c");
  }

  test::Pair pair_;
  test::TempFolder folder_;
};

TEST_F(CatalogCheck, ExplainsWhatTheSourceWouldRefuse) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {R"("source":{"table":"t"},"where":"idd > 0")", "column \"idd\" does not exist"},
      {R"("source":{"table":"t"},"where":"id > 0) OR (true")", "the condition: "},
      {R"("source":{"table":"t"},"where":"n")", "must be type boolean"},
      {R"("source":{"query":"WITH d AS (DELETE FROM a RETURNING *) SELECT * FROM d"})",
       "data-modifying"}};
  for (const auto& [entry, reason] : refused) {
    const auto found = problems(entry);
    ASSERT_EQ(found.size(), 1u) << entry;
    EXPECT_THAT(found[0].message, AllOf(StartsWith("Source.QueryFailed"), HasSubstr(reason)));
  }
  EXPECT_TRUE(problems(R"--("source":{"table":"t"},"where":"id > 0 AND day < now()")--").empty());
}

TEST_F(CatalogCheck, PlansHowEachTableIsPublished) {
  using Lock = data::PublishWay::Lock;
  const auto* rows =
      "INSERT INTO t SELECT g, g, '2026-11-30' FROM generate_series(1, 500) g; ANALYZE t";
  test::pg_run(pair_.from, rows);
  pair_.wait_for_writes("t", "n_tup_ins", "500");
  const std::string t = R"("source":{"table":"t"})";
  pair_.replication().replicate(catalog_of(t, "made").entries.at(0));
  const auto expect = [&](const std::string& entry, const std::string& target,
                          const std::string& method, Lock lock) {
    const auto found = plan(entry, target);
    EXPECT_TRUE(found.problems.empty()) << entry;
    ASSERT_TRUE(found.plan) << entry;
    EXPECT_EQ(found.publish.method, method) << entry << " to " << target;
    EXPECT_EQ(found.publish.lock, lock) << entry << " to " << target;
    EXPECT_EQ(found.plan->request.source.estimated_rows, 500);
    EXPECT_GE(found.plan->request.source.estimated_bytes, 500 * 8);
  };
  expect(t, "new", "create", Lock::none);
  const auto some = t + R"(,"exclude":["day"])";
  expect(some, "there", "merge", Lock::writers);
  expect(some + R"(,"strategy":"upsert")", "there", "merge", Lock::rows);
  expect(some + R"(,"strategy":"append")", "there", "insert", Lock::rows);
  expect(t, "made", "unchanged", Lock::none);
  test::pg_run(pair_.from, std::string("TRUNCATE t; ") + rows);
  expect(t, "made", "swap", Lock::exchange);
  const auto refused = plan(R"("source":{"table":"nix"})", "made");
  EXPECT_FALSE(refused.plan);
  EXPECT_EQ(refused.problems.size(), 1u);
}

TEST_F(CatalogCheck, ExplainsChecksOnTablesThatAreThereAndThatWillBeMade) {
  const std::string checks =
      R"--("source":{"table":"t"},"exclude":["day"],"checks":[{"unique":["idd"]},{"sql":"m > 0"},)--"
      R"--({"sql":"n < 'x'"},{"sql":"n > 0 AND id = round(n)"},{"sql":"day > now()"}])--";
  for (const auto* target : {"made", "there"})
    test::expect_problems(
        problems(checks, target),
        {boost::json::array{"k", "no column \"idd\" is copied; did you mean \"id\"?"},
         boost::json::array{"k", "the check \"m > 0\" cannot be run: "},
         boost::json::array{"k", "the check \"n < 'x'\" cannot be run: "},
         boost::json::array{"k", "the check \"day > now()\" cannot be run: "}});
  EXPECT_EQ(test::pg_rows(pair_.to, "SELECT to_regclass('made'), to_regnamespace('orch_stage')"),
            test::pg_rows(pair_.to, "SELECT NULL::text, to_regnamespace('orch_stage')"));
}

TEST_F(CatalogCheck, ARefreshTellsWhatIsNewGoneAndChanged) {
  auto loaded = test::entry_of("t");
  loaded.source.table.schema = "public";
  pair_.replication().replicate(loaded);
  test::pg_run(pair_.from,
               "ALTER TABLE t ADD m text, ALTER n TYPE numeric(12,2); DROP TABLE a;"
               "CREATE TABLE fresh (id int PRIMARY KEY)");
  const auto catalog = catalog::parse_catalog(
      json::parse(R"({"version":1,"defaults":{"source":{"connection":"from","schema":"public"},)"
                  R"("target":{"connection":"to"}},"tables":[{"source":{"table":"a"}},)"
                  R"({"source":{"table":"t"}}]})"),
      "c");
  const auto changes = replication::catalog_changes(
      catalog, connectors::Connections::load(folder_ / "connections.json"));
  ASSERT_EQ(changes.size(), 3u);
  using Kind = replication::CatalogChange::Kind;
  EXPECT_EQ(changes[0].kind, Kind::gone);
  EXPECT_EQ(changes[0].key, "a");
  EXPECT_EQ(changes[1].kind, Kind::changed);
  EXPECT_EQ(changes[1].element, 1u);
  EXPECT_FALSE(changes[1].accepted_schema.empty());
  EXPECT_THAT(changes[1].detail, AllOf(HasSubstr("column \"m\" (text) is new"),
                                       HasSubstr("numeric(12,2) now, wider")));
  EXPECT_THAT(changes[1].sql,
              ::testing::ElementsAre(R"(ALTER TABLE "public"."t" ADD COLUMN "m" text)"));
  EXPECT_EQ(changes[2].kind, Kind::added);
  EXPECT_EQ(json::write(changes[2].entry.at("source")), R"({"table":"fresh"})");
}

}  // namespace
}  // namespace orch
