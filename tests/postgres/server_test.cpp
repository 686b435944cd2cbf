// The server the other tests stand on.
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"

namespace orch::test {
namespace {

TEST(PostgresServer, AnswersAndKeepsDataOverARestart) {
  auto& server = PostgresServer::shared();
  const auto url = server.create_database("kept");
  pg_run(url, "CREATE TABLE t (v int); INSERT INTO t VALUES (1), (NULL)");
  server.restart();
  EXPECT_EQ(pg_rows(url, "SELECT v FROM t ORDER BY v"), (std::vector<PgRow>{{"1"}, {{}}}));
}

TEST(PostgresServer, RecoversAfterKill) {
  PostgresServer server({.durable = true, .settings = {}});
  pg_run(server.url(), "CREATE TABLE t (v int); INSERT INTO t VALUES (1)");
  server.kill();
  EXPECT_THROW(pg_run(server.url(), "SELECT 1"), std::runtime_error);
  server.start();
  EXPECT_EQ(pg_value(server.url(), "SELECT count(*) FROM t"), "1");
}

TEST(PostgresServer, AsksTheGuardedRoleForItsPassword) {
  auto& server = PostgresServer::shared();
  pg_run(server.url(), "DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right'");
  const auto url = server.url_of("guarded", "postgres");
  EXPECT_NO_THROW(pg_run(url + "?password=right", "SELECT 1"));
  EXPECT_THROW(pg_run(url + "?password=wrong", "SELECT 1"), std::runtime_error);
}

TEST(PostgresServer, EndsWithAKilledOwner) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    const PostgresServer server;
    const int port = server.port();
    if (write(ends[1], &port, sizeof port) != sizeof port) _exit(1);
    pause();
    _exit(0);
  }
  int port = 0;
  ASSERT_EQ(read(ends[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  const auto url = "postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/postgres";
  EXPECT_EQ(pg_value(url, "SELECT 1"), "1");
  ::kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool answers = true;
  while (answers && std::chrono::steady_clock::now() < deadline) {
    try {
      pg_run(url, "SELECT 1");
      std::this_thread::yield();
    } catch (const std::runtime_error&) {
      answers = false;
    }
  }
  EXPECT_FALSE(answers);
}

}  // namespace
}  // namespace orch::test
