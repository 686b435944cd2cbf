// replace, upsert and append, repeated and overtaken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sqlite_pair.h"

namespace orch {
namespace {

using data::Strategy;
using test::error_of;
using testing::HasSubstr;

class Strategies : public test::SqlitePair {};

TEST_F(Strategies, ReplaceRemovesWhatTheSourceNoLongerHas) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1,'a'),(2,'b')",
          "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (2,'old'),(3,'gone')");
  const auto merged = replication_->replicate(test::entry_of("t"));
  // Written anew.
  EXPECT_EQ(merged.at("deleted"), 2);
  EXPECT_EQ(merged.at("updated"), 0);
  EXPECT_EQ(merged.at("inserted"), 2);
  EXPECT_EQ(target_rows("SELECT * FROM t"), test::rows_of(source_file_, "SELECT * FROM t"));
}

TEST_F(Strategies, UpsertWritesOnlyWhatDiffers) {
  prepare(
      "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v);"
      "INSERT INTO t VALUES ('a',1),('b','x'),('c',NULL),('e',5)",
      "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v);"
      "INSERT INTO t VALUES ('a',1),('b','X'),('c',0),('d',4);"
      "CREATE TABLE log (k); CREATE TRIGGER note AFTER UPDATE ON t "
      "BEGIN INSERT INTO log VALUES (new.k); END");
  const auto load = replication_->stage(test::entry_of("t", Strategy::upsert));
  replication_->verify(test::entry_of("t", Strategy::upsert), load);
  const auto merged = replication_->merge(test::entry_of("t", Strategy::upsert), load);
  EXPECT_EQ(merged.at("updated"), 2);
  EXPECT_EQ(merged.at("inserted"), 1);
  EXPECT_EQ(merged.at("rows"), 5);
  EXPECT_EQ(target_rows("SELECT k FROM log ORDER BY 1").size(), 2u);
  EXPECT_EQ(target_rows("SELECT k, v FROM t WHERE k <> 'd' ORDER BY k"),
            test::rows_of(source_file_, "SELECT k, v FROM t ORDER BY k"));
}

TEST_F(Strategies, UpsertUpdatesAChangeOfStorageClassOnly) {
  prepare("CREATE TABLE t (k INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 1.0)",
          "CREATE TABLE t (k INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 1)");
  EXPECT_EQ(replication_->replicate(test::entry_of("t", Strategy::upsert)).at("updated"), 1);
}

TEST_F(Strategies, UpsertOfFourHundredColumns) {
  std::string columns = "k INTEGER PRIMARY KEY";
  std::string values = "1";
  for (int i = 1; i < 400; ++i) {
    columns += ", c" + std::to_string(i);
    values += "," + std::to_string(i);
  }
  const auto sql = "CREATE TABLE t (" + columns + "); INSERT INTO t VALUES (" + values + ");";
  prepare(sql, sql + "UPDATE t SET c399 = 0");
  const auto merged = replication_->replicate(test::entry_of("t", Strategy::upsert));
  EXPECT_EQ(merged.at("updated"), 1);
}

TEST_F(Strategies, UpsertWithoutAKeyIsRefused) {
  prepare("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->stage(test::entry_of("t", Strategy::upsert)); }, &message),
            "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("upsert needs key columns"));
}

TEST_F(Strategies, UpsertRefusesAKeyThatComesTwice) {
  prepare("CREATE TABLE t (k, v); INSERT INTO t VALUES (1,1),(1,2)");
  auto entry = test::entry_of("t", Strategy::upsert);
  entry.key_columns = {"k"};
  const auto load = replication_->stage(entry);
  replication_->verify(entry, load);
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->merge(entry, load); }, &message), "Merge.Conflict");
  EXPECT_THAT(message, HasSubstr("1 duplicate key"));
}

TEST_F(Strategies, AppendReadsAboveTheWatermarkOfTheTarget) {
  prepare(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP, v);"
      "INSERT INTO t VALUES (1,'2024-01-01T10:00:00.500','a'),(2,'2024-01-02 00:00:00','b')");
  auto entry = test::entry_of("t", Strategy::append);
  entry.watermark = "at";
  EXPECT_EQ(replication_->replicate(entry).at("inserted"), 2);
  test::run_sql(source_file_,
                "INSERT INTO t VALUES (3,'2024-01-03','c'),(4,'2024-01-02 00:00:01','d')");
  const auto load = replication_->stage(entry);
  EXPECT_EQ(load.at("rows"), 2);
  EXPECT_EQ(load.at("watermark").at("after"), "2024-01-02 00:00:00");
  replication_->verify(entry, load);
  EXPECT_EQ(replication_->merge(entry, load).at("inserted"), 2);
  EXPECT_TRUE(replication_->reconcile(entry).at("equal").as_bool());
  EXPECT_EQ(replication_->stage(entry).at("rows"), 0);
}

TEST_F(Strategies, AppendRefusesRowsSelectedBeforeAnotherLoad) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1),(2)");
  auto entry = test::entry_of("t", Strategy::append);
  entry.watermark = "id";
  const auto load = replication_->stage(entry);
  replication_->verify(entry, load);
  test::run_sql(target_file_, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->merge(entry, load); }, &message), "Merge.Conflict");
  EXPECT_THAT(message, HasSubstr("id now reaches 1"));
}

TEST_F(Strategies, AWatermarkWithoutAffinityComparesAsItsValues) {
  prepare("CREATE TABLE t (n); INSERT INTO t VALUES (9),(10)");
  auto entry = test::entry_of("t", Strategy::append);
  entry.watermark = "n";
  replication_->replicate(entry);
  test::run_sql(source_file_, "INSERT INTO t VALUES (11),(2)");
  EXPECT_EQ(replication_->stage(entry).at("rows"), 1);
}

TEST_F(Strategies, AMergeThatIsRepeatedDoesNothing) {
  prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1,'a')");
  const auto entry = test::entry_of("t", Strategy::append);
  const auto load = replication_->stage(entry);
  replication_->verify(entry, load);
  EXPECT_FALSE(replication_->merge(entry, load).at("repeated").as_bool());
  const auto again = replication_->merge(entry, load);
  EXPECT_TRUE(again.at("repeated").as_bool());
  EXPECT_EQ(again.at("inserted"), 1);
  EXPECT_EQ(test::count_of(target_file_, "t"), 1);
  EXPECT_EQ(test::count_of(target_file_, "orch_evidence"), 1);
}

TEST_F(Strategies, ALoadThatIsNotVerifiedIsNotPublished) {
  prepare("CREATE TABLE t (id); INSERT INTO t VALUES (1)");
  const auto entry = test::entry_of("t");
  const auto load = replication_->stage(entry);
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->merge(entry, load); }, &message), "Merge.NotVerified");
  EXPECT_THAT(message, HasSubstr("it is staged and not verified"));
  replication_->verify(entry, load);
  replication_->stage(entry);
  EXPECT_EQ(error_of([&] { replication_->merge(entry, load); }, &message), "Merge.NotVerified");
  EXPECT_THAT(message, HasSubstr("load run1/t/"));
  EXPECT_EQ(error_of([&] { replication_->verify(entry, load); }, &message), "Load.Superseded");
}

TEST_F(Strategies, ALateDeliveryChangesNothing) {
  prepare("CREATE TABLE t (id); INSERT INTO t VALUES (1)");
  const auto entry = test::entry_of("t");
  test::Replication late(*source_, *target_, 1);
  test::Replication current(*source_, *target_, 100);
  const auto load = current.stage(entry);
  std::string message;
  EXPECT_EQ(error_of([&] { late.stage(entry); }, &message), "Fence.Stale");
  EXPECT_THAT(message, HasSubstr("fence 1 is late: 100 was seen"));
  EXPECT_EQ(error_of([&] { late.verify(entry, load); }), "Fence.Stale");
  current.verify(entry, load);
  EXPECT_EQ(error_of([&] { late.merge(entry, load); }), "Fence.Stale");
  EXPECT_EQ(current.merge(entry, load).at("inserted"), 1);
}

TEST_F(Strategies, ForeignKeysHoldAndNoCascadeRuns) {
  const auto schema =
      "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
      "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id "
      "REFERENCES parent (id) ON DELETE CASCADE);";
  prepare(std::string(schema) + "INSERT INTO parent VALUES (1),(2); INSERT INTO child VALUES (1,2)",
          std::string(schema) + "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (7,1)");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->replicate(test::entry_of("child")); }, &message),
            "Merge.ForeignKey");
  EXPECT_THAT(message, HasSubstr("publishing child would leave 1 rows of child without their row "
                                 "in parent, the first is row 1"));
  EXPECT_EQ(test::count_of(target_file_, "child WHERE id = 7"), 1);
  replication_->replicate(test::entry_of("parent"));
  EXPECT_EQ(test::count_of(target_file_, "child WHERE id = 7"), 1);
  replication_->replicate(test::entry_of("child"));
  test::run_sql(source_file_, "DELETE FROM parent WHERE id = 2");
  EXPECT_EQ(error_of([&] { replication_->replicate(test::entry_of("parent")); }, &message),
            "Merge.ForeignKey");
  EXPECT_THAT(message, HasSubstr("publishing parent would leave 1 rows of child"));
}

TEST_F(Strategies, ARuleOfTheTableRefusesTheWholeLoad) {
  prepare("CREATE TABLE t (id, v); INSERT INTO t VALUES (1,5),(2,-5)",
          "CREATE TABLE t (id, v CHECK (v > 0)); INSERT INTO t VALUES (9,9)");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->replicate(test::entry_of("t")); }, &message),
            "Merge.Conflict");
  EXPECT_THAT(message, HasSubstr("CHECK constraint failed"));
  EXPECT_EQ(test::count_of(target_file_, "t WHERE id = 9"), 1);
}

}  // namespace
}  // namespace orch
