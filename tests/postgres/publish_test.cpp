// What publishing keeps, counts and refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"

namespace orch {
namespace {

using data::Strategy;
using test::entry_of;
using test::error_of;
using test::pg_rows;
using test::pg_run;
using test::pg_value;
using testing::HasSubstr;

constexpr const char* three_rows =
    "CREATE TABLE t (id integer PRIMARY KEY, v text);"
    "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')";

class Publish : public testing::Test {
 protected:
  boost::json::object replicate(Strategy strategy = Strategy::replace) {
    return pair_.replication().replicate(entry_of("t", strategy));
  }
  std::string in_target(const std::string& query) { return pg_value(pair_.to, query); }
  void expect_same() {
    EXPECT_EQ(pg_rows(pair_.to, "SELECT t::text FROM t ORDER BY 1"),
              pg_rows(pair_.from, "SELECT t::text FROM t ORDER BY 1"));
  }
  /// Everything that is not rows: indexes, rules, grants, dependants, by the table's oid.
  std::vector<test::PgRow> surroundings() {
    return pg_rows(pair_.to, R"sql(
      SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 't'
      UNION ALL SELECT 'rule', conname || pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conrelid = 't'::regclass OR confrelid = 't'::regclass
      UNION ALL SELECT 'table', oid::text || coalesce(relacl::text, '') || relowner::text
                  FROM pg_class WHERE oid = 't'::regclass
      UNION ALL SELECT 'view', viewname || definition FROM pg_views WHERE schemaname = 'public'
      UNION ALL SELECT 'policy', polname FROM pg_policy WHERE polrelid = 't'::regclass
      UNION ALL SELECT 'trigger', tgname FROM pg_trigger
                 WHERE tgrelid = 't'::regclass AND NOT tgisinternal
      UNION ALL SELECT 'comment', obj_description('t'::regclass)
      UNION ALL SELECT 'column', attname || format_type(atttypid, atttypmod) || attnotnull
                  FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0
      ORDER BY 1, 2)sql");
  }
  test::Pair pair_;
};

TEST_F(Publish, TheEvidenceOfTheNewestLoadIsAtHand) {
  pg_run(pair_.from, three_rows);
  EXPECT_FALSE(pair_.target().last_published({"", "t"}).has_value());
  replicate();
  pg_run(pair_.from, "INSERT INTO t VALUES (4, 'd')");
  const auto merged = replicate(Strategy::upsert);
  const auto newest = pair_.target().last_published({"", "t"});
  ASSERT_TRUE(newest.has_value());
  EXPECT_EQ(newest->load, merged.at("load").as_string());
  EXPECT_EQ(newest->run_name, "nightly");
  EXPECT_THAT(newest->published_at, testing::EndsWith("Z"));
  EXPECT_EQ(newest->strategy, Strategy::upsert);
  EXPECT_EQ(newest->digest.rows, 4);
  EXPECT_EQ(newest->total_rows, 4);
  EXPECT_FALSE(newest->emptied);
  pg_run(pair_.to, "DELETE FROM t");
  EXPECT_TRUE(pair_.target().last_published({"public", "t"})->emptied);
  pg_run(pair_.to, "DROP TABLE t");
  EXPECT_FALSE(pair_.target().last_published({"", "t"}).has_value());
}

TEST_F(Publish, CreatesTheTableWithItsKeyAndNotNull) {
  pg_run(pair_.from,
         "CREATE TABLE t (id integer, at date, v text NOT NULL, w numeric(9,2), "
         "PRIMARY KEY (at, id)); INSERT INTO t VALUES (1, '2026-01-01', 'x', 1.50)");
  const auto merged = replicate();
  EXPECT_EQ(merged.at("rows"), 1);
  EXPECT_EQ(merged.at("inserted"), 1);
  expect_same();
  EXPECT_EQ(in_target("SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                      "WHERE conrelid = 't'::regclass AND contype = 'p'"),
            "PRIMARY KEY (at, id)");
  EXPECT_EQ(in_target("SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
                      "WHERE attrelid = 't'::regclass AND attnum > 0 AND attnotnull"),
            "id,at,v");
}

TEST_F(Publish, KeepsEverythingAroundATableItMade) {
  pg_run(pair_.from, three_rows);
  replicate();
  pg_run(pair_.to,
         "DROP ROLE IF EXISTS reader; CREATE ROLE reader; GRANT SELECT ON t TO reader;"
         "CREATE INDEX t_by_v ON t (v); CREATE INDEX t_long ON t (id) WHERE length(v) > 10;"
         "CREATE VIEW seen AS SELECT v FROM t WHERE id > 1; COMMENT ON TABLE t IS 'letters';"
         "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_it ON t USING (true)");
  const auto before = surroundings();
  pg_run(pair_.from, "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (9, 'z')");
  const auto merged = replicate();
  EXPECT_EQ(merged.at("rows"), 3);
  EXPECT_EQ(surroundings(), before);
  expect_same();
  EXPECT_EQ(in_target("SELECT count(*) FROM seen"), "3");
  pg_run(pair_.to, "SET enable_seqscan = off");
  EXPECT_EQ(in_target("SELECT count(*) FROM pg_index i JOIN pg_inherits h ON h.inhrelid = "
                      "i.indexrelid WHERE NOT i.indisvalid"),
            "0");
  pg_run(pair_.to, "DROP OWNED BY reader; DROP ROLE reader");
}

TEST_F(Publish, KeepsEverythingAroundATableOfTheUser) {
  pg_run(pair_.from, three_rows);
  pg_run(pair_.to,
         "CREATE TABLE t (id integer PRIMARY KEY, v text UNIQUE CHECK (v <> ''), extra text);"
         "INSERT INTO t VALUES (2, 'old', 'kept'), (7, 'gone', 'x');"
         "CREATE VIEW seen AS SELECT v FROM t; COMMENT ON TABLE t IS 'mine';"
         "CREATE TABLE child (t_id integer REFERENCES t); INSERT INTO child VALUES (2)");
  const auto before = surroundings();
  auto entry = entry_of("t");
  const auto merged = pair_.replication().replicate(entry);
  EXPECT_EQ(merged.at("inserted"), 2);
  EXPECT_EQ(merged.at("updated"), 1);
  EXPECT_EQ(merged.at("deleted"), 1);
  EXPECT_EQ(surroundings(), before);
  EXPECT_EQ(pg_rows(pair_.to, "SELECT id, v FROM t ORDER BY 1"),
            pg_rows(pair_.from, "SELECT id, v FROM t ORDER BY 1"));
  EXPECT_EQ(in_target("SELECT extra FROM t WHERE id = 2"), "kept");
}

TEST_F(Publish, RefusesToBreakAForeignKey) {
  pg_run(pair_.from, three_rows);
  pg_run(pair_.to,
         "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (7, 'needed');"
         "CREATE TABLE child (t_id integer REFERENCES t); INSERT INTO child VALUES (7)");
  std::string message;
  EXPECT_EQ(error_of([&] { replicate(); }, &message), "Merge.ForeignKey");
  EXPECT_THAT(message, HasSubstr("child"));
  EXPECT_EQ(in_target("SELECT v FROM t"), "needed");
  EXPECT_EQ(in_target("SELECT count(*) FROM orch.evidence"), "0");
}

TEST_F(Publish, RefusesRowsThatBreakARule) {
  pg_run(pair_.from, three_rows);
  pg_run(pair_.to, "CREATE TABLE t (id integer PRIMARY KEY, v text CHECK (v <> 'b'))");
  EXPECT_EQ(error_of([&] { replicate(); }), "Merge.Conflict");
  EXPECT_EQ(in_target("SELECT count(*) FROM t"), "0");
}

TEST_F(Publish, ReplacesATableWithoutKey) {
  pg_run(pair_.from, "CREATE TABLE t (v integer); INSERT INTO t VALUES (1), (1), (NULL)");
  pg_run(pair_.to, "CREATE TABLE t (v integer); INSERT INTO t VALUES (5), (1)");
  replicate();
  expect_same();
}

TEST_F(Publish, UpsertsByKey) {
  pg_run(pair_.from, three_rows);
  pg_run(pair_.to,
         "CREATE TABLE t (id integer PRIMARY KEY, v text);"
         "INSERT INTO t VALUES (1, 'a'), (2, 'old'), (50, 'stays')");
  const auto load = pair_.replication().stage(entry_of("t", Strategy::upsert));
  pair_.replication().verify(entry_of("t", Strategy::upsert), load);
  const auto merged = pair_.replication().merge(entry_of("t", Strategy::upsert), load);
  EXPECT_EQ(merged.at("inserted"), 1);
  EXPECT_EQ(merged.at("updated"), 1);  // 1 was the same already
  EXPECT_EQ(in_target("SELECT string_agg(v, ',' ORDER BY id) FROM t"), "a,b,c,stays");
}

TEST_F(Publish, AppendsWhatIsNewByWatermark) {
  pg_run(pair_.from, three_rows);
  auto entry = entry_of("t", Strategy::append);
  entry.watermark = "id";
  pair_.replication().replicate(entry);
  pg_run(pair_.from, "INSERT INTO t VALUES (4, 'd')");
  const auto merged = pair_.replication().replicate(entry);
  EXPECT_EQ(merged.at("inserted"), 1);
  expect_same();
}

TEST_F(Publish, TellsWhenALoadWasPublishedBefore) {
  pg_run(pair_.from, three_rows);
  auto& replication = pair_.replication();
  const auto entry = entry_of("t");
  const auto load = replication.stage(entry);
  replication.verify(entry, load);
  EXPECT_EQ(replication.merge(entry, load).at("repeated"), false);
  pg_run(pair_.to, "UPDATE t SET v = 'changed since' WHERE id = 1");
  EXPECT_EQ(replication.merge(entry, load).at("repeated"), true);
  EXPECT_EQ(in_target("SELECT v FROM t WHERE id = 1"), "changed since");
  EXPECT_EQ(in_target("SELECT count(*) FROM orch.evidence"), "1");
}

TEST_F(Publish, NeedsAVerifiedLoad) {
  pg_run(pair_.from, three_rows);
  const auto load = pair_.replication().stage(entry_of("t"));
  EXPECT_EQ(error_of([&] { pair_.replication().merge(entry_of("t"), load); }), "Merge.NotVerified");
}

TEST_F(Publish, NoticesAStagedRowThatChanged) {
  pg_run(pair_.from, three_rows);
  const auto load = pair_.replication().stage(entry_of("t"));
  const auto staging = in_target(
      "SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'orch_stage' AND relkind = 'r'");
  pg_run(pair_.to, "UPDATE " + staging + " SET v = 'x' WHERE id = 2");
  EXPECT_EQ(error_of([&] { pair_.replication().verify(entry_of("t"), load); }), "Verify.Different");
}

TEST_F(Publish, ALateDeliveryIsFencedOff) {
  pg_run(pair_.from, three_rows);
  auto late_target = postgres::open_target({pair_.server.conninfo(pair_.to_name), "to"});
  test::Replication late(pair_.source(), *late_target, 1);
  test::Replication newer(pair_.source(), pair_.target(), 100);
  const auto entry = entry_of("t");
  const auto old_load = late.stage(entry);
  late.verify(entry, old_load);
  const auto load = newer.stage(entry);
  EXPECT_EQ(error_of([&] { late.stage(entry); }), "Fence.Stale");
  std::string message;
  EXPECT_THAT(error_of([&] { late.merge(entry, old_load); }, &message),
              testing::AnyOf("Fence.Stale", "Merge.NotVerified", "Load.Superseded"))
      << message;
  newer.verify(entry, load);
  newer.merge(entry, load);
  expect_same();
}

TEST_F(Publish, AdvancesTheSequencesOfTheTarget) {
  pg_run(pair_.from, three_rows);
  pg_run(pair_.to, "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)");
  replicate();
  pg_run(pair_.to, "INSERT INTO t (v) VALUES ('next')");
  EXPECT_EQ(in_target("SELECT id FROM t WHERE v = 'next'"), "4");
}

TEST_F(Publish, RefusesColumnsThatDoNotFitAndNamesEach) {
  pg_run(pair_.from,
         "CREATE TABLE t (id bigint PRIMARY KEY, v text, w numeric, x timestamptz);"
         "INSERT INTO t VALUES (1, 'a', 1, now())");
  pg_run(pair_.to, "CREATE TABLE t (id integer PRIMARY KEY, v varchar(3), w numeric(5,2), x date)");
  std::string message;
  EXPECT_THAT(error_of([&] { replicate(); }, &message),
              testing::AnyOf("Type.Unsupported", "Schema.Mismatch"));
  for (const auto* column : {"id", "v", "w", "x"}) EXPECT_THAT(message, HasSubstr(column));
}

TEST_F(Publish, RefusesMoreColumnsThanATableHas) {
  data::PlanRequest request;
  request.target = {"public", "wide"};
  for (int i = 0; i < 1'601; ++i) {
    data::Column column;
    column.name = fmt::format("c{}", i);
    column.kind = data::Kind::int32;
    request.source.columns.push_back(column);
    request.target_columns.push_back(column.name);
  }
  request.target_types.resize(request.target_columns.size());
  std::string message;
  EXPECT_EQ(error_of([&] { pair_.target().plan(request); }, &message), "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("1,601 columns, and a table of the target has at most 1,600"));
}

TEST_F(Publish, WidensWhereNothingIsLost) {
  pg_run(
      pair_.from,
      "CREATE TABLE t (id smallint PRIMARY KEY, a integer, b varchar(3), c real, d numeric(5,2));"
      "INSERT INTO t VALUES (1, -5, 'abc', 0.1, 999.99), (2, NULL, NULL, 'NaN', 'NaN')");
  pg_run(pair_.to,
         "CREATE TABLE t (id bigint PRIMARY KEY, a numeric(12,0), b text, c double precision, "
         "d numeric(8,3))");
  replicate();
  EXPECT_EQ(in_target("SELECT string_agg(t::text, ' ' ORDER BY id) FROM t"),
            "(1,-5,abc,0.10000000149011612,999.990) (2,,,NaN,NaN)");
}

TEST_F(Publish, RefusesAnEnumLabelThatTheTargetLacks) {
  pg_run(pair_.from,
         "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (v mood); "
         "INSERT INTO t VALUES ('ok'), ('sad')");
  pg_run(pair_.to, "CREATE TYPE mood AS ENUM ('ok', 'glad')");
  std::string message;
  EXPECT_EQ(error_of([&] { replicate(); }, &message), "Type.ValueRefused");
  EXPECT_THAT(message, testing::AllOf(HasSubstr("mood"), HasSubstr("sad")));
  EXPECT_EQ(in_target("SELECT to_regclass('public.t')"), "NULL");
}

}  // namespace
}  // namespace orch
