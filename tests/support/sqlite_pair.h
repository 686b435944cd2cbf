// A source and a target in SQLite files of their own, and the steps between them.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch::test {

class SqlitePair : public testing::Test {
 protected:
  /// `patience` is how long a write to the target waits for the lock of another process.
  explicit SqlitePair(std::chrono::milliseconds patience = std::chrono::seconds(60))
      : patience_(patience) {}

  /// Fills both files and opens both ends.
  void prepare(const std::string& source_sql, const std::string& target_sql = "SELECT 1") {
    run_sql(source_file_, source_sql);
    run_sql(target_file_, target_sql);
    source_ = sqlite::open_source(source_file_, "from");
    target_ = sqlite::open_target(target_file_, "to", patience_);
    replication_ = std::make_unique<Replication>(*source_, *target_);
  }
  void expect_same(const std::string& table) const {
    const auto all = "SELECT * FROM " + table;
    EXPECT_EQ(rows_of(target_file_, all), rows_of(source_file_, all));
  }
  std::vector<std::string> target_rows(const std::string& select) const {
    return rows_of(target_file_, select);
  }

  TempFolder folder_;
  std::filesystem::path source_file_ = folder_ / "source.db";
  std::filesystem::path target_file_ = folder_ / "target.db";
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<data::Target> target_;
  std::unique_ptr<Replication> replication_;

 private:
  std::chrono::milliseconds patience_;
};

}  // namespace orch::test
