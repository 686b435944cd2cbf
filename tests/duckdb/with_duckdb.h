// Tests that need the library of DuckDB.
#pragma once

#include <gtest/gtest.h>

#include "orchestrator/db/duckdb.h"
#include "tests/support/temp_folder.h"
#include "workers/duckdb/duckdb.h"
#include "workers/worker.h"

namespace orch::test {

/// Is skipped where there is no library; makes files with it, and opens them.
class WithDuckdb : public testing::Test {
 protected:
  void SetUp() override {
    try {
      duckdb::library_version();
    } catch (const duckdb::LibraryMissing& missing) {
      GTEST_SKIP() << missing.what() << "; scripts/install-duckdb brings it";
    }
  }

  /// Runs statements; paths in them are those of the folder.
  void run(const std::string& sql, const std::string& file = {}) const {
    duckdb::Connection connection({.path = file.empty() ? "" : (folder_ / file).string()});
    connection.exec("SET file_search_path = " + duckdb::literal(folder_.path().string()));
    connection.exec(sql);
  }
  /// COPY of a query to a file of the folder.
  void write(const std::string& query, const std::string& file) const {
    std::filesystem::create_directories((folder_ / file).parent_path());
    run("COPY (" + query + ") TO " + duckdb::literal((folder_ / file).string()) +
        " (FORMAT parquet)");
  }
  std::unique_ptr<data::Source> folder() const {
    return duckdb::open_source({folder_.path(), true, "lake"});
  }
  std::unique_ptr<data::Source> database(const std::string& file) const {
    return duckdb::open_source({folder_ / file, false, "base"});
  }

  template <class Work>
  std::string failure_of(Work&& work) const {
    try {
      work();
    } catch (const workers::TaskFailed& failure) {
      return failure.error() + ": " + failure.what();
    }
    return "no failure";
  }

  TempFolder folder_;
};

}  // namespace orch::test
