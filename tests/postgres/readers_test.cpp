// Readers beside many publishes: never an empty, partial or unverified table.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/temp_folder.h"

namespace orch {
namespace {

using test::entry_of;
using test::pg_run;
using test::pg_value;

constexpr int rows = 2000;
constexpr int publishes = 12;

// Made by orch, of the user, and of the user without a key.
constexpr const char* target_tables[] = {
    "", "CREATE TABLE t (id integer PRIMARY KEY, generation integer)",
    "CREATE TABLE t (id integer, generation integer)"};

/// Every row of a generation holds its number.
std::string generation(int number) { return fmt::format("UPDATE t SET generation = {}", number); }

class Readers : public testing::TestWithParam<int> {
 protected:
  /// Reads with two statements a transaction until `over`; what it saw that it must not.
  void read_until_over(const std::string& isolation) {
    const auto once = fmt::format(
        "BEGIN ISOLATION LEVEL {}; "
        "INSERT INTO seen SELECT count(*), min(generation), max(generation) FROM t; "
        "INSERT INTO seen SELECT count(*), min(generation), max(generation) FROM t; COMMIT; "
        "SELECT CASE WHEN count(*) FILTER (WHERE n <> {} OR low <> high) > 0 "
        "OR ('{}' = 'REPEATABLE READ' AND min(low) <> max(low)) "
        "THEN 'torn: ' || string_agg(seen::text, ' ') ELSE 'whole' END FROM seen",
        isolation, rows, isolation);
    test::PgSession session(pair_.to);
    session.run("CREATE TEMP TABLE seen (n bigint, low int, high int)");
    while (!over_) {
      session.run("TRUNCATE seen");
      const auto seen = session.value(once);
      ++reads_;
      if (seen != "whole") {
        std::printf("%s: %s\n", isolation.c_str(), seen.c_str());
        ++torn_;
      }
    }
  }

  test::Pair pair_;
  std::atomic<bool> over_ = false;
  std::atomic<int> reads_ = 0;
  std::atomic<int> torn_ = 0;
};

TEST_P(Readers, SeeWholeGenerations) {
  pg_run(pair_.from, fmt::format("CREATE TABLE t (id integer PRIMARY KEY, generation integer);"
                                 "INSERT INTO t SELECT g, 0 FROM generate_series(1, {}) g",
                                 rows));
  if (const std::string sql = target_tables[GetParam()]; !sql.empty()) pg_run(pair_.to, sql);
  pair_.replication().replicate(entry_of("t"));
  std::vector<std::thread> readers;
  for (const char* isolation : {"READ COMMITTED", "REPEATABLE READ"})
    readers.emplace_back([this, isolation] { read_until_over(isolation); });
  for (int number = 1; number <= publishes; ++number) {
    pg_run(pair_.from, generation(number));
    pair_.replication().replicate(entry_of("t"));
  }
  over_ = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn_, 0);
  EXPECT_GT(reads_, publishes);
  EXPECT_EQ(pg_value(pair_.to, "SELECT min(generation) FROM t"), std::to_string(publishes));
}

INSTANTIATE_TEST_SUITE_P(Tables, Readers, testing::Range(0, 3));

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class DumpBeside : public testing::Test {
 protected:
  /// What pg_dump says when it fails, or what is wrong with the table in the dump; else empty.
  std::string failure_of_dump() const {
    const auto file = folder_ / "dump.sql";
    const auto errors = folder_ / "errors";
    const auto command =
        fmt::format("pg_dump '{}' > '{}' 2> '{}'", pair_.to, file.string(), errors.string());
    if (std::system(command.c_str()) != 0) return text_of(errors);
    const auto text = text_of(file);
    const auto copy = text.find("COPY public.t__rows ");
    const auto end = text.find("\n\\.\n", copy);
    if (copy == std::string::npos || end == std::string::npos) return "no rows of t in the dump";
    const auto found = std::count(text.begin() + static_cast<std::ptrdiff_t>(copy),
                                  text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    return found == rows ? "" : fmt::format("{} rows of t in the dump", found);
  }

  test::Pair pair_;
  test::TempFolder folder_;
};

// pg_dump lists the tables of a database and then locks them by their names.
TEST_F(DumpBeside, PublishesSucceedsWithWholeTables) {
  ASSERT_EQ(std::system("command -v pg_dump > /dev/null"), 0) << "it comes with the server";
  pg_run(pair_.from, fmt::format("CREATE TABLE t (id integer PRIMARY KEY, generation integer);"
                                 "INSERT INTO t SELECT g, 0 FROM generate_series(1, {}) g",
                                 rows));
  pg_run(pair_.to, "CREATE TABLE mine (id integer PRIMARY KEY, generation integer)");
  auto mine = entry_of("t");
  mine.key = mine.target.name = "mine";
  pair_.replication().replicate(entry_of("t"));
  std::atomic<bool> over = false;
  int dumps = 0;
  std::string failed;
  std::thread dumper([&] {
    while (!over && failed.empty()) {
      // One that begins while a publish is being committed may miss a table; the next one does not.
      failed = failure_of_dump();
      if (!failed.empty()) failed = failure_of_dump();
      ++dumps;
    }
  });
  for (int number = 1; number <= publishes; ++number) {
    pg_run(pair_.from, generation(number));
    pair_.replication().replicate(entry_of("t"));
    pair_.replication().replicate(mine);
  }
  over = true;
  dumper.join();
  EXPECT_EQ(failed, "");
  EXPECT_GT(dumps, 0);
  EXPECT_EQ(pg_value(pair_.to, "SELECT min(generation) FROM t"), std::to_string(publishes));
}

class OldSnapshots : public testing::TestWithParam<int> {};

// A snapshot older than the load must not find the published table empty. Its session may also be
// about to lock the tables that it has listed: a publish that cannot wait for its end changes the
// rows in place, whether they were staged in one part (and are frozen) or in several.
TEST_P(OldSnapshots, NeverSeeAnEmptyTable) {
  test::Pair pair;
  pg_run(pair.from,
         "CREATE TABLE t (id integer PRIMARY KEY, v text);"
         "INSERT INTO t SELECT g, repeat('x', 200) FROM generate_series(1, 1000) g");
  auto entry = entry_of("t");
  entry.parts = GetParam();
  pair.replication().replicate(entry);
  test::PgSession old(pair.to);
  old.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  old.run("SELECT 1");  // takes the snapshot, but no lock on t
  pg_run(pair.from, "DELETE FROM t WHERE id = 1");
  const auto load = pair.replication().stage(entry);
  pair.replication().verify(entry, load);
  const auto impatient = postgres::open_target({pair.server.conninfo(pair.to_name), "to", {}, 1});
  const auto merged = test::Replication(pair.source(), *impatient, 100).merge(entry, load);
  EXPECT_EQ(merged.at("method"), "merge");
  EXPECT_GE(std::stoi(old.value("SELECT count(*) FROM t")), 999);
  old.run("COMMIT");
  EXPECT_EQ(old.value("SELECT count(*) FROM t"), "999");
}

// The publish would wait for two minutes.
TEST(IdleReader, IsNotWaitedFor) {
  test::Pair pair;
  pg_run(pair.from,
         "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
  pair.replication().replicate(entry_of("t"));
  test::PgSession reader(pair.to);
  reader.run("BEGIN");
  EXPECT_EQ(reader.value("SELECT v FROM t"), "a");
  pg_run(pair.from, "UPDATE t SET v = 'b'");
  const auto load = pair.replication().stage(entry_of("t"));
  pair.replication().verify(entry_of("t"), load);
  const auto idle =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
      "state = 'idle in transaction' AND state_change < clock_timestamp() - interval '5 s'";
  while (pg_value(pair.to, idle) != "1") std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto patient = postgres::open_target({pair.server.conninfo(pair.to_name), "to", {}, 120});
  const auto start = std::chrono::steady_clock::now();
  const auto merged = test::Replication(pair.source(), *patient, 100).merge(entry_of("t"), load);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(100));
  EXPECT_EQ(merged.at("method"), "merge");
  EXPECT_EQ(reader.value("SELECT v FROM t"), "b");
}

INSTANTIATE_TEST_SUITE_P(Parts, OldSnapshots, testing::Values(1, 2));

}  // namespace
}  // namespace orch
