// Tables that inherit from each other, and partitions: each row arrives once, and a query on a name
// finds in the target what it finds in the source.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "workers/replication/audit/audit.h"

namespace orch {
namespace {

using test::entry_of;
using test::pg_run;
using test::pg_value;

constexpr const char* family =
    "DROP TABLE IF EXISTS log, log_23, log_24, log_24_may CASCADE;"
    "CREATE TABLE log (id int PRIMARY KEY, m text); CREATE TABLE log_23 () INHERITS (log);"
    "CREATE TABLE log_24 () INHERITS (log); CREATE TABLE log_24_may () INHERITS (log_24);";
constexpr const char* family_rows =
    "INSERT INTO log VALUES (1,'p'); INSERT INTO log_23 VALUES (11,'c'),(12,'c');"
    "INSERT INTO log_24 VALUES (21,'c'); INSERT INTO log_24_may VALUES (31,'g'),(32,'g')";

class Inheritance : public testing::Test {
 protected:
  Inheritance() { pg_run(pair_.from, std::string(family) + family_rows); }

  void load_all() {
    for (const auto* table : {"log", "log_23", "log_24", "log_24_may"})
      pair_.replication().replicate(entry_of(table));
  }
  /// Rows of each name in the target, with those of the tables that inherit from it.
  std::string counts() {
    return pg_value(pair_.to,
                    "SELECT concat_ws(' ', (SELECT count(*) FROM log), (SELECT count(*) FROM "
                    "log_23), (SELECT count(*) FROM log_24), (SELECT count(*) FROM log_24_may))");
  }

  test::Pair pair_;
};

TEST_F(Inheritance, AFamilyInTheTargetGetsEachRowOnce) {
  pg_run(pair_.to, family);
  load_all();
  EXPECT_EQ(counts(), "6 2 3 2");
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM ONLY log"), "1");
  pg_run(pair_.from, "DELETE FROM log_24_may WHERE id = 31; INSERT INTO log VALUES (2,'q')");
  load_all();
  EXPECT_EQ(counts(), "6 2 2 1");
}

TEST_F(Inheritance, AnAuditComparesOwnRows) {
  pg_run(pair_.to, family);
  load_all();
  pg_run(pair_.from,
         "CREATE TABLE plain (id int PRIMARY KEY, m text); INSERT INTO plain VALUES (1, 'p')");
  auto childless = entry_of("plain");
  childless.target.name = "log";
  const auto published = postgres::open_source({pair_.server.conninfo(pair_.to_name), "to"});
  for (const auto& entry : {entry_of("log"), entry_of("log_24"), childless})
    EXPECT_TRUE(replication::audit(
                    entry,
                    {pair_.source(), pair_.target(), [&]() -> data::Source& { return *published; }},
                    {[] {}, [] { return false; }})
                    .equal())
        << entry.key;
}

TEST_F(Inheritance, TablesOfTheirOwnAnswerQueriesAsTheFamilyDoes) {
  pg_run(pair_.to, "DROP TABLE IF EXISTS log, log_23, log_24, log_24_may CASCADE");
  load_all();
  EXPECT_EQ(counts(), "6 2 3 2");
}

TEST_F(Inheritance, ARowMergeReadsTheOwnRowsToo) {
  pg_run(pair_.to, family);
  auto entry = entry_of("log", data::Strategy::upsert);
  entry.watermark = "id";
  pair_.replication().replicate(entry);
  pg_run(pair_.from, "INSERT INTO log_23 VALUES (99,'c'); INSERT INTO log VALUES (50,'p')");
  pair_.replication().replicate(entry);
  EXPECT_EQ(pg_value(pair_.to, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM log"), "1 50");
}

TEST_F(Inheritance, APartitionedTableIsReadWhole) {
  const std::string parts =
      "DROP TABLE IF EXISTS ev CASCADE; CREATE TABLE ev (id int, y int) PARTITION BY LIST (y);"
      "CREATE TABLE ev_23 PARTITION OF ev FOR VALUES IN (23);"
      "CREATE TABLE ev_24 PARTITION OF ev FOR VALUES IN (24);";
  pg_run(pair_.from, parts + "INSERT INTO ev VALUES (1, 23), (2, 24)");
  pg_run(pair_.to, parts);
  pair_.replication().replicate(entry_of("ev"));
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM ev"), "2");
  const auto tables = pair_.source().list();
  EXPECT_TRUE(std::none_of(tables.begin(), tables.end(),
                           [](const auto& table) { return table.name.name == "ev_23"; }));
}

}  // namespace
}  // namespace orch
