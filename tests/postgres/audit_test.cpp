// Source and target as they are now, where one of them is PostgreSQL.
#include "workers/replication/audit/audit.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/pg.h"
#include "tests/postgres/pair.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::entry_of;
using test::pg_run;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class PostgresAudit : public testing::Test {
 protected:
  /// What differs; `pause` is what happens during one.
  std::vector<std::string> audit(
      const catalog::Entry& entry, data::Source& source, data::Target& target,
      data::Source& published, const std::function<void()>& pause = [] {}) {
    result_ =
        replication::audit(entry, {source, target, [&]() -> data::Source& { return published; }},
                           {pause, [] { return false; }});
    std::vector<std::string> all;
    for (const auto& example : result_.found.examples)
      all.push_back(replication::sentence(example));
    return all;
  }
  std::vector<std::string> audit(
      const catalog::Entry& entry, const std::function<void()>& pause = [] {}) {
    const auto published = postgres::open_source({pair_.server.conninfo(pair_.to_name), "to"});
    return audit(entry, pair_.source(), pair_.target(), *published, pause);
  }
  void load(const catalog::Entry& entry) { pair_.replication().replicate(entry); }
  void in_source(const std::string& sql) { pg_run(pair_.from, sql); }
  void in_target(const std::string& sql) { pg_run(pair_.to, sql); }

  test::Pair pair_;
  test::TempFolder folder_;
  replication::AuditResult result_;
};

constexpr const char* many_types =
    "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE t (id bigint PRIMARY KEY, n "
    "numeric(12,2), d timestamptz, b bytea, a int[], j jsonb, m mood, x text); INSERT INTO t "
    "SELECT "
    "i, i / 7.0, now(), decode(md5(i::text), 'hex'), ARRAY[i, NULL], '{\"a\": 1}', 'good', "
    "E'\\t\\\\' "
    "|| i FROM generate_series(1, 5000) i";

TEST_F(PostgresAudit, ValuesOfAllTypesAreComparedAndRowsNamed) {
  in_source(many_types);
  const auto entry = entry_of("t");
  load(entry);
  EXPECT_THAT(audit(entry), IsEmpty());
  EXPECT_TRUE(result_.source.as_of.as_object().contains("lsn"));
  EXPECT_TRUE(result_.target.as_of.as_object().contains("lsn"));
  in_source(
      "DELETE FROM t WHERE id = 17; UPDATE t SET j = '{\"a\": 2}', m = 'bad' WHERE id = 4000");
  in_target("DELETE FROM t WHERE id = 18; INSERT INTO t (id) VALUES (-3)");
  EXPECT_THAT(audit(entry), ElementsAre("id = 18 is missing", "id = -3 is extra",
                                        "id = 17 is extra", "id = 4000 is different in j, m"));
}

TEST_F(PostgresAudit, RowsAsTheyPassInBinaryAreNamed) {
  in_source(
      "CREATE TABLE t (a int, b text, v float8, PRIMARY KEY (b, a)); INSERT INTO t SELECT i, 'k' "
      "|| "
      "i, i / 3.0 FROM generate_series(1, 5000) i");
  const auto entry = entry_of("t");
  load(entry);
  EXPECT_THAT(audit(entry), IsEmpty());
  in_target("UPDATE t SET v = v + 1e-15 WHERE a = 1; DELETE FROM t WHERE a = 2");
  EXPECT_THAT(audit(entry),
              ElementsAre("b = k2, a = 2 is missing", "b = k1, a = 1 is different in v"));
}

TEST_F(PostgresAudit, OnlyWhatTheEntryReadsIsCompared) {
  in_source(
      "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, 'v' FROM "
      "generate_series(1, 5000) i");
  auto entry = entry_of("t");
  entry.where = "id > 100 OR id = 7 -- and no more";
  load(entry);
  in_source(
      "DELETE FROM t WHERE id BETWEEN 10 AND 20; UPDATE t SET v = 'new' WHERE id IN (7, 8, 300)");
  EXPECT_THAT(audit(entry), ElementsAre("id = 7 is different in v", "id = 300 is different in v"));
}

TEST_F(PostgresAudit, DatabasesMayOrderTextsInTheirOwnWays) {
  in_source(
      "CREATE TABLE t (id text COLLATE \"C\" PRIMARY KEY, v int); INSERT INTO t SELECT chr(32 + i "
      "% "
      "90) || i, i FROM generate_series(1, 9000) i WHERE chr(32 + i % 90) <> E'\\\\'");
  in_target("CREATE TABLE t (id text COLLATE \"und-x-icu\" PRIMARY KEY, v int)");
  const auto entry = entry_of("t");
  load(entry);
  EXPECT_THAT(audit(entry), IsEmpty());
  in_target("UPDATE t SET v = -1 WHERE v = 4711");
  EXPECT_EQ(audit(entry).size(), 1u);
}

TEST_F(PostgresAudit, SchemasMayBeMappedAndAViewBeTheSource) {
  in_source(
      "CREATE SCHEMA claims; CREATE TABLE claims.raw (id int, v text); INSERT INTO claims.raw "
      "VALUES "
      "(1, 'a'), (2, NULL), (NULL, 'c'); CREATE VIEW claims.open AS SELECT * FROM claims.raw");
  in_target("CREATE SCHEMA dwh; CREATE TABLE dwh.t (id int, v text)");
  auto entry = entry_of("t");
  entry.source.table = {"claims", "open"};
  entry.target = {"dwh", "t"};
  load(entry);
  EXPECT_THAT(audit(entry), IsEmpty());
  in_source("UPDATE claims.raw SET v = 'C' WHERE id IS NULL");
  EXPECT_THAT(audit(entry),
              ElementsAre("id = NULL, v = C is missing", "id = NULL, v = c is extra"));
}

TEST_F(PostgresAudit, FromSqliteAndBackValuesAreComparedAsTheTargetKeepsThem) {
  const auto file = folder_ / "ledger.db";
  test::run_sql(
      file,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, amount NUMERIC, day DATE, note TEXT); "
      "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
      "i < 5000) SELECT i, i / 4.0, date('2020-01-01', '+' || i || ' days'), 'ä' || i "
      "FROM n");
  const auto sqlite = sqlite::open_source(file, "ledger");
  const auto entry = entry_of("t");
  test::Replication(*sqlite, pair_.target()).replicate(entry);
  const auto published = postgres::open_source({pair_.server.conninfo(pair_.to_name), "to"});
  EXPECT_THAT(audit(entry, *sqlite, pair_.target(), *published), IsEmpty());
  in_target("UPDATE t SET amount = amount + 0.01 WHERE id = 3; DELETE FROM t WHERE id = 4");
  EXPECT_THAT(audit(entry, *sqlite, pair_.target(), *published),
              ElementsAre("id = 4 is missing", "id = 3 is different in amount"));

  const auto back = sqlite::open_target(folder_ / "copy.db", "copy");
  test::Replication(*published, *back).replicate(entry);
  const auto copy = sqlite::open_source(folder_ / "copy.db", "copy");
  EXPECT_THAT(audit(entry, *published, *back, *copy), IsEmpty());
  in_target("UPDATE t SET day = day + 1 WHERE id = 5");
  EXPECT_THAT(audit(entry, *published, *back, *copy), ElementsAre("id = 5 is different in day"));
}

// A writer that never rests, and a target that follows it a moment later.
TEST_F(PostgresAudit, AWriterGivesNoFalseAlarm) {
  in_source(
      "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, 'v' FROM "
      "generate_series(1, 5000) i");
  const auto entry = entry_of("t");
  load(entry);
  std::atomic<int> written = 0;
  std::atomic<bool> over = false;
  std::thread writer([&] {
    pg::Connection from(pair_.server.conninfo(pair_.from_name));
    pg::Connection to(pair_.server.conninfo(pair_.to_name));
    for (int i = 0; !over; ++i) {
      const auto id = std::to_string(i % 5000 + 1);
      const auto sql = "BEGIN; UPDATE t SET v = v || '+' WHERE id = " + id +
                       "; DELETE FROM t WHERE id = " + id + " + 1; INSERT INTO t VALUES (9000 + " +
                       std::to_string(i) + ", 'new'); COMMIT";
      from.exec(sql);
      to.exec(sql);
      ++written;
    }
  });
  // Long enough that what was read of one side has come to the other.
  const auto pause = [&] {
    const auto before = written.load();
    while (written < before + 3) std::this_thread::yield();
  };
  for (int round = 0; round < 20; ++round) {
    EXPECT_THAT(audit(entry, pause), IsEmpty());
    EXPECT_EQ(result_.found.count(), 0);
  }
  over = true;
  writer.join();
  EXPECT_THAT(audit(entry), IsEmpty());
  in_target("DELETE FROM t WHERE id = 9000");
  EXPECT_THAT(audit(entry), ElementsAre("id = 9000 is missing"));
}

}  // namespace
}  // namespace orch
