// Sessions are kept for the next piece of work, and none is ended in place of another.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/postgres_proxy.h"
#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/target_session.h"

namespace orch {
namespace {

using postgres::KeptSession;
using test::pg_value;

class Kept : public testing::Test {
 protected:
  void SetUp() override {
    const KeptSession session(settings_);
    postgres::prepare_bookkeeping(*session, "to");
  }

  static std::string number_of(const KeptSession& session) {
    return std::string(session->exec("SELECT pg_backend_pid()").text(0, 0));
  }
  static data::LoadId load_of(std::int64_t fence) {
    return {"run1/t/" + std::to_string(fence), "run1", "store1", fence};
  }

  test::Pair pair_;
  postgres::Settings settings_{pair_.server.conninfo(pair_.to_name), "to"};
  data::TableName table_{"public", "t"};
};

TEST_F(Kept, IsAsNewForTheNextWork) {
  std::string number;
  {
    const KeptSession first(settings_);
    number = number_of(first);
    first->limit_rows(10);
    first->set_in_transactions("lock_timeout = '1s'");
    first->exec(
        "SET work_mem = '1MB'; CREATE TEMPORARY TABLE left_over (); SELECT pg_advisory_lock(7); "
        "LISTEN left_over");
  }
  const KeptSession second(settings_);
  EXPECT_EQ(number_of(second), number);
  EXPECT_EQ(second->row_limit(), 0u);
  const auto left =
      second->exec("SELECT setting <> reset_val FROM pg_settings WHERE name = 'work_mem'");
  EXPECT_FALSE(left.boolean(0, 0));
  EXPECT_TRUE(second->exec("SELECT to_regclass('left_over')").null(0, 0));
  EXPECT_EQ(second->exec("SELECT count(*) FROM pg_listening_channels()").int64(0, 0), 0);
  EXPECT_EQ(pg_value(pair_.to, "SELECT pg_try_advisory_lock(7)"), "t");
  const pg::Transaction transaction(*second);
  EXPECT_EQ(second->exec("SHOW lock_timeout").text(0, 0), "0");
}

TEST_F(Kept, KeepsStatementsThatComeAgain) {
  const auto prepared = [](const KeptSession& session) {
    return session->exec("SELECT count(*) FROM pg_prepared_statements").int64(0, 0);
  };
  std::int64_t before = 0;  // what the bookkeeping took
  const auto twice = [](const KeptSession& session, const std::string& number) {
    return std::string(session->exec("SELECT 2 * $1::bigint", {number}).text(0, 0));
  };
  {
    const KeptSession first(settings_);
    before = prepared(first);
    EXPECT_EQ(twice(first, "1"), "2");
    EXPECT_EQ(prepared(first), before) << "most come once";
    EXPECT_EQ(twice(first, "2"), "4");
    EXPECT_EQ(prepared(first), before + 1);
    for (int i = 0; i < 1000; ++i) first->exec(fmt::format("SELECT {} + $1::bigint", i), {"1"});
    EXPECT_EQ(prepared(first), before + 1);
  }
  const KeptSession second(settings_);
  EXPECT_EQ(prepared(second), before + 1);
  EXPECT_EQ(twice(second, "3"), "6");
  EXPECT_THROW(twice(second, "word"), pg::Error);
  EXPECT_EQ(twice(second, "4"), "8") << "a statement that failed is not lost";
  for (int i = 0; i < 200; ++i) {
    const auto sql = fmt::format("SELECT {} - $1::bigint", i);
    for (int time = 0; time < 2; ++time) second->exec(sql, {"1"});
  }
  EXPECT_EQ(prepared(second), 100) << "and no more";
  EXPECT_EQ(second->exec("SELECT 7 - $1::bigint", {"1"}).int64(0, 0), 6);
}

TEST_F(Kept, IsNotSharedAndNotKeptAmidstAnything) {
  std::string number;
  {
    const KeptSession one(settings_);
    const KeptSession other(settings_);
    EXPECT_NE(number_of(one), number_of(other));
    number = number_of(one);
    one->exec("BEGIN");
  }
  const KeptSession again(settings_);
  EXPECT_NE(number_of(again), number);
  bool stop = true;
  std::string cancelled;
  {
    auto settings = settings_;
    const KeptSession stopped(settings);
    cancelled = number_of(stopped);
    stopped->stop_when([&] { return stop; });
    EXPECT_THROW(stopped->exec("SELECT pg_sleep(60)"), pg::Stopped);
    stop = false;  // no stop is asked for now, but the cancelling may still be under way
  }
  EXPECT_NE(number_of(KeptSession(settings_)), cancelled);
}

TEST_F(Kept, AnEndedSessionIsReplaced) {
  std::string number;
  {
    const KeptSession first(settings_);
    number = number_of(first);
  }
  pg_value(pair_.to, "SELECT pg_terminate_backend(" + number + ", 10000)");
  EXPECT_NE(number_of(KeptSession(settings_)), number);
}

TEST_F(Kept, ForgetsABookkeepingThatIsGone) {
  {
    KeptSession first(settings_);
    postgres::TargetSession(settings_, first).ready_bookkeeping();
  }
  test::pg_run(pair_.to, "DROP SCHEMA orch CASCADE");
  KeptSession second(settings_);
  EXPECT_EQ(second.bookkeeping(), postgres::Bookkeeping::current) << "it cannot know yet";
  postgres::TargetSession session(settings_, second);
  EXPECT_THROW(session.claim(table_, load_of(1)), data::DatabaseError);
  EXPECT_FALSE(session.has_bookkeeping());
  session.ready_bookkeeping();
  session.claim(table_, load_of(1));
  EXPECT_EQ(pg_value(pair_.to, "SELECT fence FROM orch.fence"), "1");
}

TEST_F(Kept, ATakeoverEndsTheSessionThatIsAtTheLoad) {
  postgres::TargetSession earlier(settings_);
  earlier.claim(table_, load_of(1));
  postgres::TargetSession later(settings_);
  later.claim(table_, load_of(2));
  EXPECT_THROW(earlier.rows("SELECT 1", {}), data::DatabaseError);
  EXPECT_EQ(later.rows("SELECT 1", {}).size(), 1u);
}

TEST_F(Kept, ATakeoverLeavesASessionAloneThatIsAtOtherWork) {
  std::string number;
  {
    KeptSession session(settings_);
    number = number_of(session);
    postgres::TargetSession earlier(settings_, session);
    earlier.claim(table_, load_of(1));
  }
  EXPECT_EQ(pg_value(pair_.to, "SELECT backend_pid FROM orch.fence"), number);
  KeptSession reused(settings_);
  ASSERT_EQ(number_of(reused), number);
  postgres::TargetSession other(settings_, reused);
  other.claim({"public", "other"}, load_of(1));
  postgres::TargetSession later(settings_);
  later.claim(table_, load_of(2));
  EXPECT_EQ(number_of(reused), number);
}

TEST_F(Kept, WhatAPoolerLendsIsNeitherKeptNorNamed) {
  const test::PostgresProxy pooler(pair_.server.port(), [](std::string_view field) {
    const bool number = !field.empty() && field.find_first_not_of("0123456789") == field.npos;
    return number ? "1" + std::string(field) : std::string(field);
  });
  const postgres::Settings settings{pooler.conninfo(pair_.to_name), "to"};
  std::string number;
  {
    KeptSession session(settings);
    EXPECT_TRUE(session.lent());
    number = number_of(session);
    postgres::TargetSession(settings, session).claim(table_, load_of(1));
  }
  EXPECT_EQ(pg_value(pair_.to, "SELECT run || coalesce(backend_pid::text, '') FROM orch.fence"),
            "run1");
  EXPECT_NE(number_of(KeptSession(settings)), number);
}

}  // namespace
}  // namespace orch
