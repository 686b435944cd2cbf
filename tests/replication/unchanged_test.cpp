// A table that is as it was is read, and not written.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::error_of;

class Unchanged : public testing::Test {
 protected:
  void SetUp() override {
    test::run_sql(
        source_file_,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1,'a'),(2,'b')");
    first_ = replicate();
    EXPECT_NE(first_, "unchanged");
  }

  /// A run of its own, as the next night's.
  test::Replication& next_run() {
    replication_.reset();
    source_ = sqlite::open_source(source_file_, "from");
    target_ = sqlite::open_target(target_file_, "to");
    fence_ += 100;
    replication_ = std::make_unique<test::Replication>(*source_, *target_, fence_);
    return *replication_;
  }
  std::string replicate() {
    return std::string(next_run().replicate(entry_).at("method").as_string());
  }
  void expect_same_rows() {
    EXPECT_EQ(test::rows_of(target_file_, "SELECT * FROM t ORDER BY id"),
              test::rows_of(source_file_, "SELECT * FROM t ORDER BY id"));
  }

  test::TempFolder folder_;
  std::filesystem::path source_file_ = folder_ / "source.db";
  std::filesystem::path target_file_ = folder_ / "target.db";
  catalog::Entry entry_ = test::entry_of("t");
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<data::Target> target_;
  std::unique_ptr<test::Replication> replication_;
  std::int64_t fence_ = 0;
  std::string first_;
};

TEST_F(Unchanged, OnlyEvidenceIsWritten) {
  const auto before = target_->last_published({"", "t"});
  auto& run = next_run();
  const boost::json::value load = run.stage(entry_);
  EXPECT_EQ(load.at("method"), "unchanged");
  EXPECT_EQ(load.at("rows"), 2);
  EXPECT_EQ(test::count_of(target_file_, "sqlite_schema WHERE name LIKE 'orch_stage%'"), 0);
  run.verify(entry_, load.as_object());
  const auto merged = run.merge(entry_, load.as_object());
  EXPECT_EQ(merged.at("method"), "unchanged");
  EXPECT_EQ(merged.at("rows"), 2);
  EXPECT_EQ(merged.at("inserted").as_int64() + merged.at("deleted").as_int64(), 0);
  EXPECT_EQ(run.reconcile(entry_, &load).at("equal"), true);
  EXPECT_EQ(run.merge(entry_, load.as_object()).at("repeated"), true);
  const auto after = target_->last_published({"", "t"});
  EXPECT_NE(after->load, before->load);
  EXPECT_EQ(after->digest, before->digest);
  EXPECT_EQ(after->total_rows, 2);
  EXPECT_EQ(replicate(), "unchanged");  // of one that was unchanged
  expect_same_rows();
}

TEST_F(Unchanged, IsNotWhatOthersChanged) {
  for (const auto* harm : {"UPDATE t SET v = 'x' WHERE id = 1", "DELETE FROM t", "DROP TABLE t",
                           "INSERT INTO t VALUES (3, 'c')"}) {
    test::run_sql(target_file_, harm);
    EXPECT_NE(replicate(), "unchanged") << harm;
    expect_same_rows();
    EXPECT_EQ(replicate(), "unchanged") << harm;
  }
}

TEST_F(Unchanged, IsFoundByTheRowsAndNotByTheMark) {
  const auto time = std::filesystem::last_write_time(source_file_);
  test::run_sql(source_file_, "UPDATE t SET v = 'B' WHERE id = 2");
  std::filesystem::last_write_time(source_file_, time);
  EXPECT_NE(replicate(), "unchanged");
  expect_same_rows();
  test::run_sql(source_file_, "CREATE TABLE other (id); UPDATE t SET v = 'b' WHERE id = 2");
  EXPECT_NE(replicate(), "unchanged");
  expect_same_rows();
}

TEST_F(Unchanged, OfRowsThatAnotherLoadReplacedIsNotPublished) {
  auto& run = next_run();
  const auto load = run.stage(entry_);
  run.verify(entry_, load);
  // Of another key in the evidence, so that the load row stays.
  test::run_sql(target_file_,
                "CREATE TEMP TABLE e AS SELECT * FROM orch_evidence; "
                "UPDATE e SET load_id = 'other', published_at = '2999-01-01T00:00:00.000Z'; "
                "INSERT INTO orch_evidence SELECT * FROM e");
  EXPECT_EQ(error_of([&] { run.merge(entry_, load); }), "Merge.Conflict");
}

TEST_F(Unchanged, IsStillChecked) {
  entry_.checks = {{"at least 3 rows", data::Check::Type::min_rows, {}, 3, ""}};
  auto& run = next_run();
  const auto load = run.stage(entry_);
  EXPECT_EQ(load.at("method"), "unchanged");
  EXPECT_EQ(error_of([&] { run.verify(entry_, load); }), "Check.Failed");
}

TEST_F(Unchanged, IsNothingThatRowsAreAddedTo) {
  entry_.strategy = data::Strategy::upsert;
  EXPECT_NE(replicate(), "unchanged");
}

}  // namespace
}  // namespace orch
