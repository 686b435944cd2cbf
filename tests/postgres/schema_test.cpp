// Tables that are the first of their schema, published at the same time.
#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"
#include "workers/postgres/session.h"

namespace orch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(60);

class NewSchema : public testing::Test {
 protected:
  /// What a publish does, while another transaction has created the schema and not yet committed.
  std::future<void> publish() {
    return std::async(std::launch::async, [this] {
      auto connection = postgres::connect({server_.conninfo("new_schema"), "to"});
      pg::Transaction transaction(connection);
      postgres::ensure_schema(connection, "first");
      connection.exec("CREATE TABLE first.mine ()");
      transaction.commit();
    });
  }

  bool waits() {
    const auto deadline = Clock::now() + patience;
    while (watcher_.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
      if (Clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  test::PostgresServer& server_ = test::PostgresServer::shared();
  std::string url_ = server_.create_database("new_schema");
  test::PgSession other_{url_};
  test::PgSession watcher_{url_};
};

TEST_F(NewSchema, IsSharedWithWhoCreatesItJustNow) {
  other_.run("BEGIN; CREATE SCHEMA first");
  auto publishing = publish();
  EXPECT_TRUE(waits());
  other_.run("CREATE TABLE first.theirs (); COMMIT");
  EXPECT_NO_THROW(publishing.get());
  EXPECT_EQ(watcher_.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'first'"), "2");
}

TEST_F(NewSchema, IsCreatedWhereTheOtherGivesUp) {
  other_.run("BEGIN; CREATE SCHEMA first");
  auto publishing = publish();
  EXPECT_TRUE(waits());
  other_.run("ROLLBACK");
  EXPECT_NO_THROW(publishing.get());
  EXPECT_EQ(watcher_.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'first'"), "1");
}

}  // namespace
}  // namespace orch
