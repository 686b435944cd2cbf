// Killed at every fault point of the data path, then run again: the target is as before or as
// after, never between, and the second run brings it to the end.
#include <cctype>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

constexpr auto all_rows = "SELECT * FROM t ORDER BY id";

void replicate(const std::filesystem::path& folder, std::int64_t first_fence) {
  const auto source = sqlite::open_source(folder / "source.db", "from");
  const auto target = sqlite::open_target(folder / "target.db", "to");
  test::Replication(*source, *target, first_fence).replicate(test::entry_of("t"));
}

/// What the child below does until it is killed.
TEST(CrashChild, DISABLED_Replicates) { replicate(std::getenv("ORCH_TEST_FOLDER"), 1); }

/// Runs this program again with ORCH_FAULT and returns how waitpid saw it end. The variable is
/// read when a program starts, so a fork alone would not do.
int run_child(const std::filesystem::path& folder, const std::string& fault) {
  const auto child = fork();
  if (child == 0) {
    setenv("ORCH_FAULT", fault.c_str(), 1);
    setenv("ORCH_TEST_FOLDER", folder.c_str(), 1);
    execl("/proc/self/exe", "child", "--gtest_filter=CrashChild.*",
          "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

struct Point {
  const char* fault;
  bool published;  ///< the new rows are there after the crash
};

class Crash : public testing::TestWithParam<Point> {};

TEST_P(Crash, LeavesTheTargetWholeAndTheNextRunFinishes) {
  const test::TempFolder folder;
  const auto source_file = folder / "source.db";
  const auto target_file = folder / "target.db";
  test::run_sql(source_file,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT);"
                "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                "WHERE i < 20000) SELECT i, hex(zeroblob(20)) FROM n");
  test::run_sql(target_file,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT);"
                "INSERT INTO t VALUES (-1, 'old')");
  const auto old_rows = test::rows_of(target_file, all_rows);
  const auto new_rows = test::rows_of(source_file, all_rows);

  const auto status = run_child(folder.path(), GetParam().fault);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
  EXPECT_EQ(test::rows_of(target_file, all_rows), GetParam().published ? new_rows : old_rows);

  replicate(folder.path(), 100);
  EXPECT_EQ(test::rows_of(target_file, all_rows), new_rows);
  EXPECT_EQ(test::count_of(target_file, "orch_load"), 0);
  EXPECT_EQ(test::count_of(target_file, "sqlite_schema WHERE name LIKE 'orch_stage%'"), 0);
  EXPECT_EQ(test::rows_of(target_file, "PRAGMA integrity_check"),
            (std::vector<std::string>{"3:ok|"}));
}

INSTANTIATE_TEST_SUITE_P(Points, Crash,
                         testing::Values(Point{"migrate.before_commit:1:kill", false},
                                         Point{"migrate.after_commit:1:kill", false},
                                         Point{"stage.in_copy:1:kill", false},
                                         Point{"stage.in_copy:4:kill", false},
                                         Point{"stage.before_commit:1:kill", false},
                                         Point{"stage.after_commit:1:kill", false},
                                         Point{"verify.before_commit:1:kill", false},
                                         Point{"verify.after_commit:1:kill", false},
                                         Point{"merge.before_commit:1:kill", false},
                                         Point{"merge.after_commit:1:kill", true}),
                         [](const auto& one) {
                           std::string name = one.param.fault;
                           for (auto& c : name)
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name;
                         });

}  // namespace
}  // namespace orch
