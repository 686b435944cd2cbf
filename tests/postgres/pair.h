// Two databases of the program's server, and the way of tables from one to the other.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "workers/postgres/kept_session.h"
#include "workers/postgres/postgres.h"

namespace orch::test {

/// Empty databases, the same two for every test (making one takes longer than most tests); `from`
/// and `to` are their urls, for SQL of the test.
class Pair {
 public:
  Pair() : server(PostgresServer::shared()) {
    postgres::close_kept_sessions();  // which have the settings that roles had before
    static const bool made = [this] {
      server.create_database(from_name);
      server.create_database(to_name);
      return true;
    }();
    from = server.url(from_name);
    to = server.url(to_name);
    for (const auto& url : {from, to})
      if (made)
        pg_run(url,
               "DROP SCHEMA IF EXISTS public, orch, orch_stage CASCADE; CREATE SCHEMA public; "
               "GRANT USAGE ON SCHEMA public TO public");
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  data::Source& source() {
    if (!source_) source_ = postgres::open_source({server.conninfo(from_name), "from"});
    return *source_;
  }
  data::Target& target() {
    if (!target_) target_ = postgres::open_target({server.conninfo(to_name), "to"});
    return *target_;
  }
  Replication& replication() {
    if (!replication_) replication_ = std::make_unique<Replication>(source(), target());
    return *replication_;
  }

  /// Returns when the source says that `counter` of pg_stat_user_tables is `value`: the server
  /// counts writes some time after they are committed.
  void wait_for_writes(const std::string& table, const std::string& counter,
                       const std::string& value) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto sql =
        "SELECT " + counter + " FROM pg_stat_user_tables WHERE relname = '" + table + "'";
    while (pg_value(from, sql) != value) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << counter;
      std::this_thread::yield();
    }
  }

  PostgresServer& server;
  std::string from_name = "from_here";
  std::string to_name = "to_there";
  std::string from;
  std::string to;

 private:
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<data::Target> target_;
  std::unique_ptr<Replication> replication_;
};

}  // namespace orch::test
