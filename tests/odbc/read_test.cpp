// How rows are read: in one view, in bounded memory, until told to stop or the server dies.
#include <sys/resource.h>

#include "tests/odbc/with_odbc.h"

namespace orch::test {
namespace {

using testing::ElementsAre;

class OdbcReads : public ThroughOdbc {
 protected:
  /// A table `t` with a text of `bytes` in each of `rows`.
  void fill(int rows, int bytes) const {
    run(engine() == "mysql" ? fmt::format("CREATE TABLE t (id int PRIMARY KEY, v varchar(500)); "
                                          "INSERT INTO t SELECT seq, repeat('v', {}) FROM "
                                          "seq_1_to_{}",
                                          bytes, rows)
                            : fmt::format("CREATE TABLE t (id int PRIMARY KEY, v varchar(500)); "
                                          "INSERT INTO t SELECT n, repeat('v', {}) FROM "
                                          "generate_series(1, {}) n",
                                          bytes, rows));
  }
  static void restart_of(const std::string& engine) {
    if (engine == "mysql") {
      MariadbServer::shared().restart();
    } else {
      PostgresServer::shared().restart();
    }
  }
};

TEST_P(OdbcReads, SeeTheStateOfTheirOpening) {
  fill(5'000, 1);
  const auto source = open();
  const auto readers = source->open(all_of("t", {"id", "v"}));
  ASSERT_EQ(readers.size(), 1u);
  EXPECT_FALSE(source->splits_tables());
  run("UPDATE t SET v = 'w'; DELETE FROM t WHERE id < 100; INSERT INTO t VALUES (9000, 'v')");
  CollectingSink sink;
  readers[0]->read(sink, [] { return false; });
  EXPECT_EQ(sink.found.size(), 5'000u);
  for (const auto& row : sink.found) EXPECT_EQ(row[1], "v");
  const auto position = source->position();
  EXPECT_EQ(position.at("view").as_string(), "snapshot");
  EXPECT_THAT(std::string(position.at("at").as_string()),
              testing::MatchesRegex(R"(20..-..-..T..:..:..\....Z)"));
  EXPECT_TRUE(position.contains(engine() == "mysql" ? "gtid" : "lsn"));
}

TEST_P(OdbcReads, KeepTheOrderOfColumnsWhateverTheirLength) {
  run("CREATE TABLE t (a text, b integer, c text, d varchar(5)); INSERT INTO t VALUES ('a', 1, "
      "'c', 'd'), (NULL, NULL, '', ''), ('é😀', 2, 'x', 'é😀')");
  EXPECT_THAT(
      read_all(*open(), all_of("t", {"a", "b", "c", "d"})),
      ElementsAre(ElementsAre("a", "1", "c", "d"), ElementsAre(std::nullopt, std::nullopt, "", ""),
                  ElementsAre("é😀", "2", "x", "é😀")));
}

TEST_P(OdbcReads, TakeValuesOfManyMebibytesInPieces) {
  const bool mysql = engine() == "mysql";
  run(mysql ? "CREATE TABLE t (id int, b longblob, v longtext); INSERT INTO t VALUES (1, "
              "repeat(x'00ff', 5000000), repeat('é', 5000000)), (2, x'', NULL)"
            : "CREATE TABLE t (id int, b bytea, v text); INSERT INTO t VALUES (1, "
              "decode(repeat('00ff', 5000000), 'hex'), repeat('é', 5000000)), (2, '', NULL)");
  CountingSink sink;
  open()->open(all_of("t", {"b", "id", "v"})).at(0)->read(sink, [] { return false; });
  EXPECT_EQ(sink.count, 2u);
  EXPECT_EQ(sink.bytes, 20'000'000u);
  auto settings = this->settings();
  settings.largest_value = std::size_t{1} << 20;
  const auto source = odbc::open_source(settings);
  const auto readers = source->open(all_of("t", {"v"}));
  std::string message;
  EXPECT_EQ(error_of([&] { readers[0]->read(sink, [] { return false; }); }, &message),
            "Source.ValueTooLarge");
  EXPECT_THAT(message, testing::HasSubstr("a value of v is longer than largest_row_mib allows"));
}

TEST_P(OdbcReads, EndWithAServerThatDiesAndGoOnWithItsNextLife) {
  fill(100'000, 400);
  const auto readers = open()->open(all_of("t", {"id", "v"}));
  // MariaDB's driver has the whole result by then: the server dies before it is asked for.
  CountingSink sink([&] {
    if (engine() == "postgresql") restart_of(engine());
  });
  if (engine() == "mysql") restart_of(engine());
  EXPECT_EQ(error_of([&] { readers[0]->read(sink, [] { return false; }); }), "Connection.Lost");
  EXPECT_LT(sink.count, 100'000u);
  CountingSink again;
  open()->open(all_of("t", {"id", "v"})).at(0)->read(again, [] { return false; });
  EXPECT_EQ(again.count, 100'000u);
}

TEST_P(OdbcReads, StopWhileTheServerThinks) {
  const bool mysql = engine() == "mysql";
  auto settings = this->settings();
  settings.stop = [&] {
    return mysql
               ? MariadbServer::shared().value(
                     "SELECT count(*) FROM information_schema.processlist WHERE info LIKE "
                     "'%sleep(600)%' AND id <> connection_id()") != "0"
               : pg_value(PostgresServer::shared().url("odbc"),
                          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                          "'%sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()") != "0";
  };
  const auto source = odbc::open_source(settings);
  EXPECT_THROW(source->empty({{}, mysql ? "SELECT sleep(600)" : "SELECT pg_sleep(600)"}),
               workers::Cancelled);
}

TEST_P(OdbcReads, LeaveTheRestOfAResultWhereItIs) {
  fill(50'000, 400);
  const auto readers = open()->open(all_of("t", {"id", "v"}));
  CountingSink sink;
  EXPECT_THROW(readers[0]->read(sink, [] { return true; }), workers::Cancelled);
  EXPECT_LT(sink.count, 50'000u);
}

INSTANTIATE_TEST_SUITE_P(Engines, OdbcReads, testing::Values("mysql", "postgresql"), engine_name);

class PostgresThroughOdbc : public ThroughOdbc {
  std::string engine() const override { return "postgresql"; }
};

TEST_F(PostgresThroughOdbc, IsReadWithoutHoldingTheResult) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer keeps what is freed: the memory of the process says nothing";
#endif
  run("CREATE TABLE t (v varchar(1000)); INSERT INTO t SELECT repeat('m', 1000) FROM "
      "generate_series(1, 100000)");
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CountingSink sink;
  open()->open(all_of("t", {"v"})).at(0)->read(sink, [] { return false; });
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(sink.bytes, 100'000'000u);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 60'000) << "KiB";
}

}  // namespace
}  // namespace orch::test
