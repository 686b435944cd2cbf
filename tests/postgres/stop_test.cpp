// A stop reaches whatever waits for a server: soon, with nothing published and nothing left over.
#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/silent_listener.h"

namespace orch {
namespace {

using test::entry_of;
using test::pg_run;
using test::pg_value;
using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(30);
// Looks are 100 ms apart; the rest is for a loaded machine.
constexpr std::chrono::milliseconds soon{900};

bool wait_until(const std::function<bool()>& done) {
  const auto deadline = Clock::now() + patience;
  while (!done()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class Stopping : public testing::Test {
 protected:
  Stopping() {
    const auto stop = [this] { return context().stop_requested(); };
    source_ = postgres::open_source({pair_.server.conninfo(pair_.from_name), "from", stop});
    target_ = postgres::open_target({pair_.server.conninfo(pair_.to_name), "to", stop});
    replication_ = std::make_unique<test::Replication>(*source_, *target_);
    pg_run(pair_.from,
           "CREATE TABLE t (id integer PRIMARY KEY, v text);"
           "INSERT INTO t SELECT g, 'new' FROM generate_series(1, 5000) g");
  }

  test::RecordingContext& context() { return replication_->context; }

  /// A statement of ours waits in `database`: for `event` as pg_stat_activity calls it.
  bool waits(const std::string& database, const std::string& event) {
    return wait_until([&] {
      return pg_value(pair_.server.url(),
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orch' AND "
                      "datname = '" +
                          database + "' AND state = 'active' AND wait_event = '" + event + "'") !=
             "0";
    });
  }

  /// Starts `work`, asks for a stop once it waits, and expects that it is cancelled soon.
  void expect_stopped(const std::function<void()>& work, const std::string& database,
                      const std::string& event) {
    auto running = std::async(std::launch::async, [&]() -> std::string {
      try {
        work();
      } catch (const workers::Cancelled&) {
        return "cancelled";
      } catch (const std::exception& error) {
        return error.what();
      }
      return "finished";
    });
    ASSERT_TRUE(waits(database, event));
    const auto start = Clock::now();
    context().stop = true;
    EXPECT_EQ(running.get(), "cancelled");
    EXPECT_LT(Clock::now() - start, soon);
    context().stop = false;
    // The server is no longer at it either.
    EXPECT_TRUE(wait_until([&] {
      return pg_value(pair_.server.url(),
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orch' AND "
                      "datname = '" +
                          database + "' AND state = 'active'") == "0";
    }));
  }

  std::string staging_tables() {
    return pg_value(pair_.to, "SELECT count(*) FROM pg_tables WHERE schemaname = 'orch_stage'");
  }

  test::Pair pair_;
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<data::Target> target_;
  std::unique_ptr<test::Replication> replication_;
};

TEST_F(Stopping, ALongSourceQuery) {
  auto entry = entry_of("t");
  entry.source = {{}, "SELECT id, v, pg_sleep(60)::text AS nothing FROM t WHERE id = 1"};
  expect_stopped([&] { replication_->stage(entry); }, pair_.from_name, "PgSleep");
  EXPECT_EQ(staging_tables(), "0");
}

TEST_F(Stopping, ASourceTableThatIsLocked) {
  test::PgSession holder(pair_.from);
  holder.run("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  expect_stopped([&] { replication_->stage(entry_of("t")); }, pair_.from_name, "relation");
}

TEST_F(Stopping, PartsLeaveNoStagingTable) {
  auto entry = entry_of("t");
  entry.parts = 2;
  test::PgSession holder(pair_.from);
  holder.run("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  expect_stopped([&] { replication_->stage(entry); }, pair_.from_name, "relation");
  EXPECT_EQ(staging_tables(), "0");
}

// Each load has a staging table of its own; what is left of an older one goes when no session uses
// it.
TEST_F(Stopping, AStagingTableInUseDoesNotHoldUpTheNextLoad) {
  replication_->stage(entry_of("t"));
  const auto staging = pg_value(pair_.to,
                                "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND "
                                "relnamespace = 'orch_stage'::regnamespace");
  test::PgSession holder(pair_.to);
  holder.run("BEGIN; LOCK TABLE orch_stage." + staging + " IN ACCESS SHARE MODE");
  replication_->stage(entry_of("t"));
  EXPECT_EQ(staging_tables(), "2");
  holder.run("ROLLBACK");
  const auto load = replication_->stage(entry_of("t"));
  EXPECT_EQ(staging_tables(), "1");
  replication_->verify(entry_of("t"), load);
  replication_->merge(entry_of("t"), load);
  EXPECT_EQ(staging_tables(), "0");
}

TEST_F(Stopping, APublishThatWaitsForAReader) {
  for (const auto strategy : {data::Strategy::replace, data::Strategy::upsert}) {
    pg_run(pair_.to, "DROP TABLE IF EXISTS t");
    pg_run(pair_.to,
           "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, "
           "'old')");
    const auto entry = entry_of("t", strategy);
    const auto load = replication_->stage(entry);
    replication_->verify(entry, load);
    test::PgSession holder(pair_.to);
    holder.run("BEGIN; LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE");
    expect_stopped([&] { replication_->merge(entry, load); }, pair_.to_name, "relation");
    holder.run("ROLLBACK");
    EXPECT_EQ(pg_value(pair_.to, "SELECT string_agg(v, ',') FROM t"), "old");
    EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM orch.evidence"), "0");
    replication_->merge(entry, load);
    EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM t WHERE v = 'new'"), "5000");
    pg_run(pair_.to, "DELETE FROM orch.evidence");
  }
}

TEST_F(Stopping, AMergeThatRuns) {
  pg_run(pair_.to,
         "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'old');"
         "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
         "$$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;"
         "CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow()");
  const auto entry = entry_of("t", data::Strategy::upsert);
  const auto load = replication_->stage(entry);
  replication_->verify(entry, load);
  expect_stopped([&] { replication_->merge(entry, load); }, pair_.to_name, "PgSleep");
  EXPECT_EQ(pg_value(pair_.to, "SELECT string_agg(v, ',') FROM t"), "old");
}

TEST_F(Stopping, ACheckThatRuns) {
  auto entry = entry_of("t");
  data::Check check;
  check.name = "endless";
  check.type = data::Check::Type::sql;
  check.sql = "pg_sleep(60) IS NOT NULL";
  entry.checks.push_back(check);
  const auto load = replication_->stage(entry);
  expect_stopped([&] { replication_->verify(entry, load); }, pair_.to_name, "PgSleep");
}

TEST_F(Stopping, AServerThatDoesNotAnswerTheConnect) {
  // Connections wait in the backlog: no server speaks PostgreSQL on this socket.
  test::SilentListener silent;
  const auto start = Clock::now();
  std::atomic<bool> stop = false;
  auto running = std::async(std::launch::async, [&] {
    return test::error_of([&] {
      try {
        postgres::open_source({silent.conninfo(), "silent", [&] { return stop.load(); }});
      } catch (const workers::Cancelled&) {
        throw workers::TaskFailed("cancelled", "");
      }
    });
  });
  stop = true;
  EXPECT_EQ(running.get(), "cancelled");
  EXPECT_LT(Clock::now() - start, soon);
  std::string message;
  EXPECT_EQ(test::error_of(
                [&] {
                  postgres::open_source({silent.conninfo() + " connect_timeout=1", "silent"});
                },
                &message),
            "Connection.Down");
  EXPECT_NE(message.find("no answer within 1 s"), std::string::npos) << message;
}

TEST_F(Stopping, PatienceWithLocksIsTheConnections) {
  auto impatient = postgres::open_source({pair_.server.conninfo(pair_.from_name), "from", {}, 1});
  test::Replication replication(*impatient, *target_, 100);
  test::PgSession holder(pair_.from);
  holder.run("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  const auto start = Clock::now();
  EXPECT_EQ(test::error_of([&] { replication.stage(entry_of("t")); }), "Source.Locked");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace orch
