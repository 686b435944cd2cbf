// A network that swallows everything: noticed in bounded time, whatever is under way, and a second
// try finds out what was done.
#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/pg.h"
#include "tests/postgres/pair.h"
#include "tests/support/postgres_proxy.h"

namespace orch {
namespace {

using test::entry_of;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::HasSubstr;

constexpr int silence = 2;

class Silence : public testing::Test {
 protected:
  Silence() {
    pg_run(pair_.from,
           "CREATE TABLE t (id integer PRIMARY KEY, v text);"
           "INSERT INTO t SELECT g, repeat('x', 1000) FROM generate_series(1, 50000) g");
  }

  std::unique_ptr<data::Source> source(pg::Stop stop = {}) {
    return postgres::open_source(
        {network_.conninfo(pair_.from_name), "from", std::move(stop), 30, silence});
  }
  std::unique_ptr<data::Target> target(pg::Stop stop = {}) {
    return postgres::open_target(
        {network_.conninfo(pair_.to_name), "to", std::move(stop), 30, silence});
  }

  test::Pair pair_;
  test::PostgresProxy network_{pair_.server.port()};
};

TEST_F(Silence, WhileConnecting) {
  network_.swallow();
  std::string message;
  EXPECT_EQ(error_of(
                [&] {
                  postgres::open_source(
                      {network_.conninfo(pair_.from_name, "connect_timeout=1"), "from"});
                },
                &message),
            "Connection.Down");
  EXPECT_THAT(message, HasSubstr("no answer within 1 s"));
}

TEST_F(Silence, InAStatement) {
  auto from = source();
  network_.swallow_on("pg_class", false);
  std::string message;
  EXPECT_EQ(error_of([&] { from->describe({{"", "t"}, ""}); }, &message), "Connection.Lost");
  EXPECT_THAT(message, HasSubstr("no answer from the server for 2 s"));
}

TEST_F(Silence, WhileRowsAreRead) {
  auto from = source();
  test::Replication replication(*from, pair_.target());
  network_.swallow_on("COPY (", true);
  EXPECT_EQ(error_of([&] { replication.stage(entry_of("t")); }), "Connection.Lost");
}

TEST_F(Silence, WhileRowsAreWritten) {
  auto to = target();
  test::Replication replication(pair_.source(), *to);
  network_.swallow_on("PGCOPY", true);
  EXPECT_EQ(error_of([&] { replication.stage(entry_of("t")); }), "Connection.Lost");
  EXPECT_TRUE(network_.swallowing());
}

TEST_F(Silence, InACommitWhoseAnswerIsLost) {
  const auto entry = entry_of("t");
  const auto load = pair_.replication().stage(entry);
  pair_.replication().verify(entry, load);
  auto to = target();
  test::Replication replication(pair_.source(), *to, 100);
  network_.swallow_on("COMMIT", true, "evidence (");
  EXPECT_EQ(error_of([&] { replication.merge(entry, load); }), "Connection.Lost");
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM t"), "50000");
  network_.release();
  const auto merged = test::Replication(pair_.source(), pair_.target(), 200).merge(entry, load);
  EXPECT_EQ(merged.at("repeated"), true);
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM orch.evidence"), "1");
}

TEST_F(Silence, InACommitThatNeverArrives) {
  const auto entry = entry_of("t");
  const auto load = pair_.replication().stage(entry);
  pair_.replication().verify(entry, load);
  auto to = target();
  test::Replication replication(pair_.source(), *to, 100);
  network_.swallow_on("COMMIT", false, "evidence (");
  EXPECT_EQ(error_of([&] { replication.merge(entry, load); }), "Connection.Lost");
}

TEST_F(Silence, OfAServerThatWorksIsWaitedFor) {
  pg_run(pair_.from, "CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(3.5)::text AS v");
  auto from = source();
  EXPECT_EQ(test::Replication(*from, pair_.target()).stage(entry_of("slow")).at("rows"), 1);
}

TEST_F(Silence, IsStoppedSoon) {
  std::atomic<bool> stop = false;
  auto from = postgres::open_source(
      {network_.conninfo(pair_.from_name), "from", [&] { return stop.load(); }, 30, 600});
  network_.swallow_on("pg_class", false);
  auto described = std::async(std::launch::async, [&]() -> std::string {
    try {
      from->describe({{"", "t"}, ""});
    } catch (const workers::Cancelled&) {
      return "cancelled";
    }
    return "described";
  });
  while (!network_.swallowing()) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  stop = true;
  EXPECT_EQ(described.get(), "cancelled");
  // Against the ten minutes that it would take otherwise.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(SessionSettings, BelongToTransactions) {
  auto& server = test::PostgresServer::shared();
  pg_run(server.url(),
         "DROP ROLE IF EXISTS hurried; CREATE ROLE hurried LOGIN;"
         "ALTER ROLE hurried SET statement_timeout = '50ms';"
         "ALTER ROLE hurried SET TimeZone = 'Asia/Tokyo'; ALTER ROLE hurried SET DateStyle = "
         "'German'");
  pg::Connection connection(server.conninfo("postgres", "hurried"));
  connection.set_in_transactions("row_security = off");
  {
    pg::Transaction transaction(connection, "BEGIN READ ONLY");
    EXPECT_EQ(connection.exec("SELECT '2026-01-02 03:04Z'::timestamptz::text").text(0, 0),
              "2026-01-02 03:04:00+00");
    EXPECT_EQ(connection.exec("SHOW row_security").text(0, 0), "off");
    connection.exec("SELECT pg_sleep(0.2)");
    transaction.commit();
  }
  EXPECT_EQ(connection.exec("SHOW TimeZone").text(0, 0), "Asia/Tokyo");
  EXPECT_EQ(connection.exec("SHOW row_security").text(0, 0), "on");
  EXPECT_EQ(connection.exec("SHOW statement_timeout").text(0, 0), "50ms");
  pg_run(server.url(), "DROP ROLE hurried");
}

}  // namespace
}  // namespace orch
