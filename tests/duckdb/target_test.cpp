// What only a DuckDB file has as a target; the rest is tests/publishing.
#include <atomic>
#include <thread>

#include "tests/duckdb/with_duckdb.h"
#include "workers/duckdb/open_file.h"
#include "workers/duckdb/target_session.h"

namespace orch::test {
namespace {

using std::chrono::seconds;

class DuckdbTarget : public WithDuckdb {
 protected:
  duckdb::TargetFile file(std::function<bool()> stop = [] { return false; }) const {
    return {folder_ / "to.duckdb", "to", std::chrono::milliseconds(200), std::move(stop)};
  }
};

TEST_F(DuckdbTarget, AStatementEndsWhenItIsStopped) {
  std::atomic<bool> stop = false;
  duckdb::TargetSession session(file([&] { return stop.load(); }));
  session.begin();
  stop = true;
  EXPECT_THROW(session.rows("SELECT count(*) FROM range(1000000000) a, range(1000000) b", {}),
               workers::Cancelled);
  stop = false;
  session.rollback();
  session.begin();
  EXPECT_TRUE(session.has_bookkeeping());
}

TEST_F(DuckdbTarget, WritersTakeTurns) {
  duckdb::TargetSession first(file());
  first.begin();
  first.execute("CREATE TABLE t (a INTEGER)", {});
  std::atomic<bool> began = false;
  std::thread second([&] {
    duckdb::TargetSession session(file());
    session.begin();
    began = true;
    EXPECT_EQ(session.execute("INSERT INTO t VALUES (1), (2)", {}), 2);
    session.commit();
  });
  EXPECT_FALSE(began);
  first.commit();
  second.join();
  const auto source = database("to.duckdb");
  EXPECT_FALSE(source->empty({{"", "t"}, ""}));
  EXPECT_EQ(source->list().size(), 1) << "what is orch's is not listed";
}

TEST_F(DuckdbTarget, ReadersOfThisProcessAreWaitedFor) {
  run("CREATE TABLE t (a INTEGER)", "to.duckdb");
  auto reader = database("to.duckdb");
  EXPECT_EQ(failure_of([&] {
              duckdb::open_target(folder_ / "to.duckdb", "to", seconds(0));
            }).substr(0, 13),
            "Target.Locked");
  reader.reset();
  EXPECT_NO_THROW(duckdb::open_target(folder_ / "to.duckdb", "to", seconds(0)));
}

TEST_F(DuckdbTarget, ChecksReachNoOtherFile) {
  duckdb::TargetSession session(file());
  session.begin();
  EXPECT_THROW(session.rows("SELECT * FROM read_text('/etc/passwd')", {}), data::DatabaseError);
  EXPECT_THROW(session.execute("COPY (SELECT 1) TO '" + (folder_ / "x.csv").string() + "'", {}),
               data::DatabaseError);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.csv"));
}

}  // namespace
}  // namespace orch::test
