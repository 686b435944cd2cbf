// What is said where the library is not there. In a process of its own, for it is loaded once.
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"
#include "workers/duckdb/duckdb.h"
#include "workers/worker.h"

namespace orch {
namespace {

[[noreturn]] void open_without(const std::string& library) {
  ::setenv("ORCH_DUCKDB", library.c_str(), 1);
  const test::TempFolder folder;
  try {
    duckdb::ping({folder.path(), true, "lake"});
  } catch (const workers::TaskFailed& failure) {
    std::fprintf(stderr, "%s\n", failure.cause().c_str());
  }
  std::_Exit(0);
}

TEST(DuckdbLibraryDeathTest, SaysWhereItWasLookedForAndHowToGetIt) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(open_without("/nowhere/libduckdb.so"), testing::ExitedWithCode(0),
              "/nowhere/libduckdb.so: not there.*scripts/install-duckdb");
  EXPECT_EXIT(open_without("libz.so.1"), testing::ExitedWithCode(0),
              "has no duckdb_library_version");
}

}  // namespace
}  // namespace orch
