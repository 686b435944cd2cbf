// How rows are read: in one view, in bounded memory, with a position, over TLS, until told to stop.
#include <sys/resource.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/mariadb_server.h"
#include "tests/support/replication.h"
#include "tests/support/rows.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::HasSubstr;
using Rows = std::vector<test::TextRow>;

/// Counts rows; does something when the first ones arrive.
class CountingSink final : public data::RowSink {
 public:
  explicit CountingSink(std::function<void()> at_first = {}) : at_first_(std::move(at_first)) {}
  void rows(const data::RowBatch& batch) override {
    if (count == 0 && at_first_) at_first_();
    count += batch.rows();
    for (std::size_t i = 0; i < batch.rows(); ++i)
      for (const auto& cell : batch.row(i)) bytes += cell.bytes.size();
  }
  void encoded(std::string_view) override { throw std::logic_error("encoded row"); }

  std::size_t count = 0;
  std::size_t bytes = 0;

 private:
  std::function<void()> at_first_;
};

class MysqlReads : public testing::Test {
 protected:
  MysqlReads() { server_.create_database("reads"); }

  std::unique_ptr<data::Source> open() { return mysql::open_source(server_.settings("reads")); }

  /// A user who must come over TLS, and does.
  mysql::Settings over_tls() {
    server_.run(
        "CREATE OR REPLACE USER secret@'127.0.0.1' IDENTIFIED BY 'pass' REQUIRE SSL;"
        "GRANT SELECT ON `reads`.* TO secret@'127.0.0.1'");
    auto settings = server_.settings("reads", "secret");
    settings.options.host = "127.0.0.1";
    settings.options.port = static_cast<unsigned>(server_.port());
    settings.options.password = "pass";
    return settings;
  }

  static data::ReadRequest all_of(const std::string& table, std::vector<std::string> columns) {
    data::ReadRequest request;
    request.from.table.name = table;
    request.columns = std::move(columns);
    return request;
  }

  static void read(data::RowReader& reader, data::RowSink& sink) {
    reader.read(sink, [] { return false; });
  }

  test::MariadbServer& server_ = test::MariadbServer::shared();
};

TEST_F(MysqlReads, SeeTheStateOfTheirOpening) {
  server_.run(
      "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT seq, 1 FROM seq_1_to_5000",
      "reads");
  const auto source = open();
  const auto readers = source->open(all_of("t", {"id", "v"}));
  ASSERT_EQ(readers.size(), 1u);
  EXPECT_FALSE(source->splits_tables());
  server_.run("UPDATE t SET v = 2; DELETE FROM t WHERE id < 100; INSERT INTO t VALUES (9000, 1)",
              "reads");
  test::CollectingSink sink;
  read(*readers[0], sink);
  EXPECT_EQ(sink.found.size(), 5000u);
  for (const auto& row : sink.found) EXPECT_EQ(row[1], "1");
}

TEST_F(MysqlReads, TellWhereTheBinaryLogWas) {
  server_.run("CREATE TABLE t (id int)", "reads");
  const auto source = open();
  const auto readers = source->open(all_of("t", {"id"}));
  const auto before = server_.value("SELECT @@GLOBAL.gtid_binlog_pos");
  server_.run("INSERT INTO t VALUES (1)", "reads");
  const auto position = source->position();
  EXPECT_EQ(std::string(position.at("gtid").as_string()), before);
  EXPECT_NE(server_.value("SELECT @@GLOBAL.gtid_binlog_pos"), before);
  EXPECT_THAT(std::string(position.at("binlog_file").as_string()), HasSubstr("binlog.0"));
  EXPECT_THAT(std::string(position.at("at").as_string()),
              testing::MatchesRegex(R"(20..-..-..T..:..:..\....Z)"));
}

TEST_F(MysqlReads, HoldNoResult) {
  server_.run(
      "CREATE TABLE t (v varchar(1000)); INSERT INTO t SELECT repeat('m', 1000) FROM "
      "seq_1_to_100000",
      "reads");
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CountingSink sink;
  read(*open()->open(all_of("t", {"v"})).at(0), sink);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(sink.bytes, 100'000'000u);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 60'000) << "KiB";
}

TEST_F(MysqlReads, TakeRowsOfManyMebibytes) {
  server_.run(
      "CREATE TABLE t (v longblob); INSERT INTO t VALUES (repeat(x'00ff', 20971520)), (repeat('b', "
      "41943040))",
      "reads");
  CountingSink sink;
  read(*open()->open(all_of("t", {"v"})).at(0), sink);
  EXPECT_EQ(sink.bytes, std::size_t{80} << 20);
}

TEST_F(MysqlReads, RefuseARowBeyondTheLimitOfTheConnection) {
  server_.run("CREATE TABLE big (b longblob); INSERT INTO big VALUES (repeat('b', 5000000))",
              "reads");
  auto settings = server_.settings("reads");
  settings.options.largest_row = std::size_t{1} << 20;
  const auto source = mysql::open_source(settings);
  const auto readers = source->open(all_of("big", {"b"}));
  CountingSink sink;
  std::string message;
  EXPECT_EQ(test::error_of([&] { read(*readers[0], sink); }, &message), "Source.ValueTooLarge");
  EXPECT_THAT(message, HasSubstr("a row is larger than largest_row_mib allows"));
}

TEST_F(MysqlReads, EndWithAServerThatDiesAndGoOnWithItsNextLife) {
  server_.run(
      "CREATE TABLE t (v varchar(500)); INSERT INTO t SELECT repeat('v', 500) FROM seq_1_to_100000",
      "reads");
  const auto readers = open()->open(all_of("t", {"v"}));
  CountingSink sink([&] { server_.restart(); });
  EXPECT_EQ(test::error_of([&] { read(*readers[0], sink); }), "Connection.Lost");
  EXPECT_LT(sink.count, 100'000u);
  CountingSink again;
  read(*open()->open(all_of("t", {"v"})).at(0), again);
  EXPECT_EQ(again.count, 100'000u);
}

TEST_F(MysqlReads, StopWhileTheServerThinks) {
  for (const bool tls : {false, true}) {
    SCOPED_TRACE(tls);
    const auto sleep = tls ? "sleep(601)" : "sleep(600)";
    auto settings = tls ? over_tls() : server_.settings("reads");
    settings.stop = [&] {
      return server_.value(
                 fmt::format("SELECT count(*) FROM information_schema.processlist WHERE info LIKE "
                             "'SELECT%{}%' AND id <> connection_id()",
                             sleep)) != "0";
    };
    const auto source = mysql::open_source(settings);
    EXPECT_THROW(source->empty({{}, fmt::format("SELECT {}", sleep)}), workers::Cancelled);
  }
}

TEST_F(MysqlReads, LeaveTheRestOfAResultWhereItIs) {
  server_.run(
      "CREATE TABLE t (v varchar(500)); INSERT INTO t SELECT repeat('v', 500) FROM seq_1_to_50000",
      "reads");
  const auto readers = open()->open(all_of("t", {"v"}));
  CountingSink sink;
  EXPECT_THROW(readers[0]->read(sink, [] { return true; }), workers::Cancelled);
  EXPECT_LT(sink.count, 50'000u);
}

TEST_F(MysqlReads, GoOverTlsWhereItIsAskedFor) {
  server_.run("CREATE TABLE t (id int)", "reads");
  auto settings = over_tls();
  auto& options = settings.options;
  const auto outcome = [&] {
    return test::error_of([&] {
      EXPECT_TRUE(mysql::open_source(settings)->empty({{"", "t"}, ""}));
    });
  };
  for (const auto tls : {mysql::Tls::preferred, mysql::Tls::required}) {
    options.tls = tls;
    EXPECT_EQ(outcome(), "no failure");
  }
  options.tls = mysql::Tls::off;
  EXPECT_EQ(outcome(), "Connection.Refused");
  options.tls = mysql::Tls::verified;
  EXPECT_EQ(outcome(), "Connection.Refused");
  options.tls_ca = server_.folder() / "ca.pem";
  EXPECT_EQ(outcome(), "no failure");
  server_.run("INSERT INTO t SELECT seq FROM seq_1_to_50000", "reads");
  CountingSink sink;
  read(*mysql::open_source(settings)->open(all_of("t", {"id"})).at(0), sink);
  EXPECT_EQ(sink.count, 50'000u);
}

}  // namespace
}  // namespace orch
