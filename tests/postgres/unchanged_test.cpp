// A table of a server that is as it was is read, and not written.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "workers/postgres/read_back.h"

namespace orch {
namespace {

using test::entry_of;
using test::pg_run;
using test::pg_value;

class UnchangedInAServer : public testing::Test {
 protected:
  void SetUp() override {
    pg_run(pair_.from,
           "CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL, at timestamptz DEFAULT now());"
           "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 300) g");
    pair_.wait_for_writes("t", "n_tup_ins", "300");
  }

  std::string replicate(const catalog::Entry& entry = entry_of("t")) {
    return std::string(pair_.replication().replicate(entry).at("method").as_string());
  }
  void expect_same_rows() {
    const auto* rows = "SELECT string_agg(t::text, ';' ORDER BY id) FROM t";
    EXPECT_EQ(pg_value(pair_.to, rows), pg_value(pair_.from, rows));
  }

  test::Pair pair_;
};

TEST_F(UnchangedInAServer, OnlyEvidenceIsWritten) {
  EXPECT_EQ(replicate(), "swap");
  const auto* table = "SELECT inhrelid FROM pg_inherits WHERE inhparent = 't'::regclass";
  const auto before = pg_value(pair_.to, table);
  EXPECT_EQ(replicate(), "unchanged");
  EXPECT_EQ(pg_value(pair_.to, table), before);
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM orch.evidence"), "2");
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM orch.load"), "0");
  EXPECT_EQ(
      pg_value(pair_.to,
               "SELECT count(*) FROM pg_class WHERE relnamespace = 'orch_stage'::regnamespace"),
      "0");
  pg_run(pair_.from, "UPDATE t SET v = 'new' WHERE id = 7");
  pair_.wait_for_writes("t", "n_tup_upd", "1");
  EXPECT_EQ(replicate(), "swap");
  expect_same_rows();
  pg_run(pair_.to, "DELETE FROM t WHERE id = 8");
  EXPECT_EQ(replicate(), "swap");
  expect_same_rows();
}

TEST_F(UnchangedInAServer, ATableThatUsersMadeIsLeftAlone) {
  pg_run(pair_.to, "CREATE TABLE t (id bigint PRIMARY KEY, v text, at timestamptz)");
  EXPECT_EQ(replicate(), "merge");
  EXPECT_EQ(replicate(), "unchanged");
  expect_same_rows();
}

/// Reads a table of some 400 pages back, with as much as `pages_each` for each session.
class ReadBack : public ::testing::Test {
 protected:
  void SetUp() override {
    pg_run(pair_.to,
           "CREATE TABLE t (id integer, v text);"
           "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
    for (const auto* name : {"id", "v"}) plan_.columns.emplace_back().name = name;
    plan_.format = data::RowFormat::pg_text;
  }

  data::Digest read(std::int64_t pages_each, const postgres::Meanwhile& meanwhile = {}) {
    const postgres::Settings settings{pair_.server.conninfo(pair_.to_name), "to"};
    const postgres::KeptSession session(settings);
    return postgres::read_back(
        settings, *session, plan_, {"public", "t"}, [&] { return meanwhile; }, [] { return false; },
        pages_each);
  }

  std::string value(const std::string& sql) { return test::pg_value(pair_.to, sql); }

  test::Pair pair_;
  data::LoadPlan plan_;
};

TEST_F(ReadBack, InRangesIsTheWhole) {
  const auto whole = read(1'000'000);
  EXPECT_EQ(whole.rows, 5000);
  EXPECT_EQ(read(10), whole);
}

TEST_F(ReadBack, BuildsIndexesMeanwhile) {
  const postgres::Meanwhile meanwhile{
      {"CREATE UNIQUE INDEX one ON t (id)", "CREATE INDEX other ON t (v)"}, "ANALYZE t"};
  EXPECT_EQ(read(1'000'000, meanwhile).rows, 5000);
  EXPECT_EQ(value("SELECT count(*) FROM pg_indexes WHERE tablename = 't'"), "0") << "too few rows";
  for (const std::int64_t pages_each : {10, 300}) {
    EXPECT_EQ(read(pages_each, meanwhile).rows, 5000);
    EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid"),
              "2");
    EXPECT_EQ(value("SELECT count(*) FROM pg_stats WHERE tablename = 't'"), "2");
    pg_run(pair_.to,
           "DROP INDEX one, other; DELETE FROM pg_statistic WHERE starelid = 't'::regclass");
  }
}

TEST_F(ReadBack, LeavesToOthersWhatCannotBeBuilt) {
  pg_run(pair_.to, "UPDATE t SET id = 1 WHERE id = 2");
  EXPECT_EQ(read(10, {{"CREATE UNIQUE INDEX one ON t (id)"}, ""}).rows, 5000);
  EXPECT_EQ(value("SELECT count(*) FROM pg_indexes WHERE tablename = 't'"), "0");
}

}  // namespace
}  // namespace orch
