// What goes wrong on the way: a clear error, nothing half-published, and a second try succeeds.
#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/rows.h"

namespace orch {
namespace {

using test::entry_of;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto patience = std::chrono::seconds(30);

bool wait_until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    pg_run(pair_.from,
           "CREATE TABLE base (id integer PRIMARY KEY, v text);"
           "INSERT INTO base SELECT g, repeat('x', 100) FROM generate_series(1, 20000) g;"
           // Reading row 19000 waits for the holder of the lock.
           "CREATE FUNCTION gate(id integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS "
           "$$ BEGIN IF id = 19000 THEN PERFORM pg_advisory_xact_lock_shared(1); END IF; "
           "RETURN true; END $$;"
           "CREATE VIEW t AS SELECT id, v FROM base WHERE gate(id)");
  }

  /// Stages t; when the read is in its middle, does `harm`, then lets it go on.
  std::string error_of_stage(const std::function<void()>& harm, std::string* message = nullptr) {
    auto holder = std::make_unique<test::PgSession>(pair_.from);
    holder->run("SELECT pg_advisory_lock(1)");
    auto staged = std::async(std::launch::async, [&] {
      return error_of([&] { pair_.replication().stage(entry_of("t")); }, message);
    });
    const bool waits = wait_until([&] {
      return pg_value(pair_.from,
                      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                      "AND NOT granted") == "1";
    });
    EXPECT_TRUE(waits);
    harm();
    holder.reset();
    return staged.get();
  }

  void terminate(const std::string& database) {
    EXPECT_NE(pg_value(pair_.server.url(),
                       "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE query LIKE 'COPY%' AND datname = '" +
                           database + "'"),
              "0");
  }

  void expect_a_second_try_succeeds() {
    test::Pair* pair = &pair_;
    auto source = postgres::open_source({pair->server.conninfo(pair->from_name), "from"});
    auto target = postgres::open_target({pair->server.conninfo(pair->to_name), "to"});
    test::Replication again(*source, *target, 1000);
    again.replicate(entry_of("t"));
    EXPECT_EQ(pg_value(pair->to, "SELECT count(*) FROM t"), "20000");
    EXPECT_EQ(pg_value(pair->to, "SELECT count(*) FROM orch.evidence"), "1");
    EXPECT_EQ(pg_value(pair->to, "SELECT count(*) FROM orch.load"), "0");
  }

  test::Pair pair_;
};

TEST_F(Faults, TheTargetsBackendIsTerminated) {
  std::string message;
  EXPECT_EQ(error_of_stage([&] { terminate(pair_.to_name); }, &message), "Connection.Lost");
  EXPECT_THAT(message, HasSubstr("to"));
  expect_a_second_try_succeeds();
}

TEST_F(Faults, TheSourcesBackendIsTerminated) {
  std::string message;
  EXPECT_EQ(error_of_stage([&] { terminate(pair_.from_name); }, &message), "Connection.Lost");
  EXPECT_THAT(message, HasSubstr("from"));
  expect_a_second_try_succeeds();
}

TEST_F(Faults, TheServerIsRestarted) {
  EXPECT_EQ(error_of_stage([&] { pair_.server.restart(); }), "Connection.Lost");
  expect_a_second_try_succeeds();
}

// The snapshot then finds no rows: a state that the table never had.
TEST_F(Faults, ATableIsTruncatedAfterTheSnapshot) {
  pg_run(pair_.from, "CREATE VIEW seen AS SELECT id FROM base");
  for (const auto* name : {"base", "seen"}) {
    data::ReadRequest request;
    request.from.table = {"public", name};
    request.columns = {"id"};
    auto source = postgres::open_source({pair_.server.conninfo(pair_.from_name), "from"});
    const auto readers = source->open(request);
    pg_run(pair_.from, "TRUNCATE base; INSERT INTO base VALUES (1, 'new')");
    test::CollectingSink sink;
    std::string message;
    EXPECT_EQ(error_of([&] { readers.at(0)->read(sink, [] { return false; }); }, &message),
              "Source.Changed");
    EXPECT_THAT(message, HasSubstr("base was truncated or rewritten"));
    EXPECT_EQ(test::read_all(*source, request).size(), 1u);
  }
}

TEST_F(Faults, TheTableIsMissing) {
  std::string message;
  EXPECT_EQ(error_of([&] { pair_.replication().stage(entry_of("bsae")); }, &message),
            "Source.TableMissing");
  EXPECT_THAT(message, AllOf(HasSubstr("bsae"), HasSubstr("did you mean \"base\"")));
}

TEST_F(Faults, TheSourceMayNotBeRead) {
  pg_run(pair_.from, "DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN");
  auto source = postgres::open_source({pair_.server.conninfo(pair_.from_name, "stranger"), "from"});
  test::Replication replication(*source, pair_.target());
  std::string message;
  EXPECT_EQ(error_of([&] { replication.stage(entry_of("base")); }, &message), "Source.Denied");
  EXPECT_THAT(message, HasSubstr("base"));
  source.reset();
  pg_run(pair_.from, "DROP ROLE stranger");
}

// What a policy hides would be missing without a word.
TEST_F(Faults, APolicyHidesRowsOfTheSource) {
  pg_run(pair_.from,
         "DROP ROLE IF EXISTS half; CREATE ROLE half LOGIN; GRANT SELECT ON base TO half;"
         "ALTER TABLE base ENABLE ROW LEVEL SECURITY;"
         "CREATE POLICY few ON base USING (id < 10)");
  auto source = postgres::open_source({pair_.server.conninfo(pair_.from_name, "half"), "from"});
  test::Replication replication(*source, pair_.target());
  std::string message;
  EXPECT_EQ(error_of([&] { replication.stage(entry_of("base")); }, &message), "Source.Denied");
  EXPECT_THAT(message, AllOf(HasSubstr("row-level security"), HasSubstr("base")));
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM pg_tables WHERE schemaname = 'orch_stage'"),
            "0");
  source.reset();
  pg_run(pair_.from, "DROP POLICY few ON base; DROP OWNED BY half; DROP ROLE half");
}

TEST(Connecting, SaysWhyItFails) {
  auto& server = test::PostgresServer::shared();
  pg_run(server.url(), "DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right'");
  const auto error = [&](const std::string& conninfo, std::string& message) {
    return error_of([&] { postgres::open_source({conninfo, "the display"}); }, &message);
  };
  std::string message;
  EXPECT_EQ(error(server.conninfo("postgres", "guarded") + " password=wr0ng", message),
            "Connection.Refused");
  EXPECT_THAT(message,
              AllOf(HasSubstr("the display"), HasSubstr("guarded"), Not(HasSubstr("wr0ng"))));
  EXPECT_EQ(error(server.conninfo("no_such_database"), message), "Connection.Refused");
  EXPECT_THAT(message, HasSubstr("no_such_database"));
  EXPECT_EQ(error(server.conninfo("postgres", "nobody_here"), message), "Connection.Refused");
  EXPECT_EQ(error("host=127.0.0.1 port=1 dbname=x", message), "Connection.Down");
  EXPECT_EQ(error("host=" + server.socket_folder().string() + "/none dbname=x", message),
            "Connection.Down");
  EXPECT_EQ(error("host=no-such-host.invalid dbname=x", message), "Connection.Down");
}

TEST(Connecting, IsJudgedByTheCodeNotByTheWords) {
  auto& server = test::PostgresServer::shared();
  pg_run(server.url(),
         "DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right';"
         "DROP ROLE IF EXISTS crowd; CREATE ROLE crowd LOGIN CONNECTION LIMIT 0");
  const auto cause = [&](const std::string& conninfo) -> std::string {
    try {
      postgres::open_source({conninfo, "d"});
    } catch (const workers::TaskFailed& failure) {
      return failure.error() + " " + failure.cause();
    }
    return "connected";
  };
  const auto refused = [](const char* state) {
    return AllOf(HasSubstr("Connection.Refused "),
                 HasSubstr(std::string(R"("sqlstate":")") + state));
  };
  const auto down = [](const char* state) {
    return AllOf(HasSubstr("Connection.Down "), HasSubstr(std::string(R"("sqlstate":")") + state));
  };
  EXPECT_THAT(cause(server.conninfo("postgres", "guarded") + " password=wr0ng"), refused("28P01"));
  EXPECT_THAT(cause(server.conninfo("postgres", "guarded") + " passfile=/none"), refused("28P01"));
  EXPECT_THAT(cause(server.conninfo("no_such_database")), refused("3D000"));
  EXPECT_THAT(cause(server.conninfo("postgres", "nobody_here")), refused("28000"));
  EXPECT_THAT(cause(server.conninfo("postgres", "crowd")), down("53300"));
  EXPECT_THAT(cause("host=127.0.0.1 port=1 dbname=x"), down("08001"));
  EXPECT_THAT(cause("host=no-such-host.invalid dbname=x"), down("08001"));
  EXPECT_THAT(cause(server.conninfo() + " sslmode=require"), refused("08004"));
  EXPECT_THAT(cause(server.conninfo() + " sslmode=nonsense"), refused("08004"));
  EXPECT_THAT(cause(server.conninfo() + " sslmode=verify-full sslrootcert=/none"),
              refused("08004"));
  // A name that looks like a code decides nothing.
  EXPECT_THAT(cause(server.conninfo() + " dbname='x:  28P01: y'"), refused("3D000"));
}

TEST(LargeRows, AreRefusedByColumnAndRow) {
  test::Pair pair;
  pg_run(pair.from,
         "CREATE TABLE t (id integer PRIMARY KEY, small text, large text);"
         "INSERT INTO t VALUES (1, 'a', repeat('x', 1000000)), (7, 'b', repeat('y', 2000000))");
  auto source =
      postgres::open_source({pair.server.conninfo(pair.from_name), "from", {}, 30, 60, 1});
  std::string message;
  EXPECT_EQ(
      error_of([&] { test::Replication(*source, pair.target()).stage(entry_of("t")); }, &message),
      "Source.ValueTooLarge");
  EXPECT_THAT(message, HasSubstr("column \"large\" of the row with id = 7 has 2000000 bytes"));
  pg_run(pair.from, "DELETE FROM t WHERE id = 7");
  EXPECT_EQ(test::Replication(*source, pair.target(), 9).stage(entry_of("t")).at("rows"), 1);
}

TEST(Connecting, PingTellsTheVersion) {
  auto& server = test::PostgresServer::shared();
  std::string version;
  EXPECT_EQ(postgres::ping({server.conninfo(), "d"}, version), "");
  EXPECT_EQ(version, "PostgreSQL " + pg_value(server.url(), "SHOW server_version"));
}

}  // namespace
}  // namespace orch
