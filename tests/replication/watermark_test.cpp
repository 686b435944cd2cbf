// Watermarks lose no rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using data::Strategy;
using test::error_of;
using testing::HasSubstr;

class Watermarks : public testing::Test {
 protected:
  /// A load with ends of its own, as the step workers have. "" when it was published.
  std::string load(const catalog::Entry& entry, std::string* message = nullptr) {
    const auto source = sqlite::open_source(folder_ / "source.db", "from");
    const auto target = sqlite::open_target(folder_ / "target.db", "to");
    test::Replication replication(*source, *target, fence_ += 10);
    staged_ = {};
    auto error = error_of(
        [&] {
          staged_ = replication.stage(entry);
          replication.verify(entry, staged_);
          replication.merge(entry, staged_);
        },
        message);
    return error == "no failure" ? "" : error;
  }
  void in_source(const std::string& sql) { test::run_sql(folder_ / "source.db", sql); }
  void in_target(const std::string& sql) { test::run_sql(folder_ / "target.db", sql); }
  std::string ids() {
    const auto rows = test::rows_of(folder_ / "target.db",
                                    "SELECT group_concat(id) FROM (SELECT id FROM t ORDER BY id)");
    return rows.at(0).substr(2, rows.at(0).size() - 3);
  }
  static catalog::Entry entry(Strategy strategy) {
    auto entry = test::entry_of("t", strategy);
    entry.watermark = "w";
    return entry;
  }

  test::TempFolder folder_;
  boost::json::object staged_;
  std::int64_t fence_ = 0;
};

struct Values {
  const char* name;
  const char* type;   ///< of the column
  const char* first;  ///< (id, w), …
  const char* later;  ///< likewise, after the first load
  const char* upto;   ///< where the first load ended
  const char* ids;    ///< in the target in the end
};

class WatermarkValues : public Watermarks, public testing::WithParamInterface<Values> {};

TEST_P(WatermarkValues, AreReadInTheirOwnOrder) {
  const auto& values = GetParam();
  in_source(std::string("CREATE TABLE t (id INTEGER PRIMARY KEY, w ") + values.type +
            "); INSERT INTO t VALUES " + values.first);
  ASSERT_EQ(load(entry(Strategy::append)), "");
  EXPECT_EQ(staged_.at("watermark").at("upto"), values.upto);
  in_source(std::string("INSERT INTO t VALUES ") + values.later);
  std::string message;
  EXPECT_EQ(load(entry(Strategy::append), &message), "") << message;
  EXPECT_EQ(ids(), values.ids);
  EXPECT_EQ(load(entry(Strategy::append)), "");
  EXPECT_EQ(staged_.at("rows"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Orders, WatermarkValues,
    testing::Values(
        Values{"integers", "INTEGER", "(1,9),(2,10)", "(3,11),(4,2)", "10", "1,2,3"},
        Values{"reals", "REAL", "(1,0.5),(2,0.1)", "(3,0.75)", "0.5", "1,2,3"},
        Values{"integers_and_reals", "NUMERIC", "(1,1),(2,1.5)", "(3,2)", "1.5", "1,2,3"},
        Values{"texts", "TEXT", "(1,'a'),(2,'b')", "(3,'c'),(4,'B')", "b", "1,2,3"},
        Values{"texts_that_ignore_case", "TEXT COLLATE NOCASE", "(1,'a'),(2,'B')", "(3,'c')", "B",
               "1,2,3"},
        Values{"without_a_type_numbers", "", "(1,9),(2,10)", "(3,11)", "10", "1,2,3"},
        Values{"without_a_type_texts", "", "(1,'9'),(2,'10')", "(3,'91')", "9", "1,2,3"},
        Values{"timestamps_spelled_in_two_ways", "TIMESTAMP",
               "(1,'2024-01-01T10:00:00.500'),(2,'2024-01-02 00:00:00')",
               "(3,'2024-01-02T00:00:00.001'),(4,'2024-01-01 23:59:59')", "2024-01-02 00:00:00",
               "1,2,3"},
        Values{"microseconds", "DATETIME", "(1,'2024-01-01 09:59:59.999601')",
               "(2,'2024-01-01 09:59:59.9997'),(3,'2024-01-01 09:59:59.9995')",
               "2024-01-01 09:59:59.999601", "1,2"},
        Values{"timestamps_with_z", "TIMESTAMPTZ",
               "(1,'2024-01-01T08:00:00Z'),(2,'2024-01-01T10:00:00Z')",
               "(3,'2024-01-01T11:00:00Z')", "2024-01-01 10:00:00", "1,2,3"},
        Values{"offsets", "TIMESTAMPTZ", "(1,'2024-01-01 23:30:00-05:00')",
               "(2,'2024-01-02 00:30:00-0500'),(3,'2024-01-02 04:00:00+00')", "2024-01-02 04:30:00",
               "1,2"},
        Values{"dates", "DATE", "(1,'2024-01-01'),(2,'2024-02-01')",
               "(3,'2024-02-02'),(4,'2023-12-31')", "2024-02-01 00:00:00", "1,2,3"},
        Values{"seconds_of_the_epoch", "DATETIME", "(1,1704067200),(2,1704070800)",
               "(3,1704070801)", "1704070800", "1,2,3"}),
    [](const auto& one) { return one.param.name; });

struct Refused {
  const char* name;
  const char* type;
  const char* rows;
  const char* error;
  std::vector<const char*> says;
};

class RefusedWatermarks : public Watermarks, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedWatermarks, AreCountedWithAnExample) {
  const auto& refused = GetParam();
  in_source(std::string("CREATE TABLE t (id INTEGER PRIMARY KEY, w ") + refused.type +
            "); INSERT INTO t VALUES " + refused.rows);
  std::string message;
  EXPECT_EQ(load(entry(Strategy::upsert), &message), refused.error);
  for (const auto* words : refused.says) EXPECT_THAT(message, HasSubstr(words));
}

INSTANTIATE_TEST_SUITE_P(
    Values, RefusedWatermarks,
    testing::Values(
        Refused{"one_null",
                "INTEGER",
                "(1,5),(2,NULL)",
                "Watermark.Nulls",
                {"t: 1 row has NULL in the watermark w", "such as id = 2, w = NULL"}},
        Refused{"nulls", "INTEGER", "(1,5),(2,NULL),(3,NULL)", "Watermark.Nulls", {"2 rows have"}},
        Refused{"a_text_among_numbers",
                "INTEGER",
                "(1,5),(2,'soon')",
                "Watermark.NotComparable",
                {"1 row has", "the order of number", "id = 2, w = soon"}},
        Refused{"a_number_among_timestamps",
                "DATETIME",
                "(1,'2024-01-01'),(2,1704067200)",
                "Watermark.NotComparable",
                {"id = 2, w = 1704067200"}},
        Refused{"a_timestamp_that_is_none",
                "TIMESTAMP",
                "(1,'2024-01-01'),(2,'now'),(3,'01/02/24')",
                "Watermark.NotComparable",
                {"2 rows have", "id = 2, w = now"}},
        Refused{"mixed_without_a_type",
                "",
                "(1,1),(2,2),(3,'x')",
                "Watermark.NotComparable",
                {"id = 3, w = x"}},
        Refused{"bytes", "BLOB", "(1,x'00')", "Watermark.NotComparable", {"1 row has"}}),
    [](const auto& one) { return one.param.name; });

TEST_F(Watermarks, NullsThatAreIncludedAreReadEachTime) {
  in_source(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5),(2,NULL)");
  auto one = entry(Strategy::upsert);
  one.watermark_nulls = true;
  ASSERT_EQ(load(one), "");
  in_source("INSERT INTO t VALUES (3,NULL); UPDATE t SET w = 7 WHERE id = 2");
  ASSERT_EQ(load(one), "");
  EXPECT_EQ(staged_.at("watermark").at("nulls"), 1);
  EXPECT_EQ(test::rows_of(folder_ / "target.db", "SELECT * FROM t ORDER BY id"),
            test::rows_of(folder_ / "source.db", "SELECT * FROM t ORDER BY id"));
}

TEST_F(Watermarks, UpsertTakesRowsThatComeLaterWithTheLastValue) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5)");
  ASSERT_EQ(load(entry(Strategy::upsert)), "");
  in_source("INSERT INTO t VALUES (2,5)");
  ASSERT_EQ(load(entry(Strategy::upsert)), "");
  EXPECT_EQ(ids(), "1,2");
}

TEST_F(Watermarks, AnOverlapFindsRowsThatAreCommittedLate) {
  in_source(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, w TIMESTAMP);"
      "INSERT INTO t VALUES (1,'2024-01-01 10:00:00.25')");
  auto one = entry(Strategy::upsert);
  one.overlap.seconds = 7'200;
  ASSERT_EQ(load(one), "");
  in_source("INSERT INTO t VALUES (2,'2024-01-01 08:00:00.25'),(3,'2024-01-01 08:00:00.2')");
  ASSERT_EQ(load(one), "");
  EXPECT_EQ(ids(), "1,2");
  one.overlap = {"10", -1};
  EXPECT_EQ(load(one), "Watermark.NotComparable");
}

TEST_F(Watermarks, AnOverlapOfNumbers) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,100)");
  auto one = entry(Strategy::upsert);
  one.overlap.number = "10";
  ASSERT_EQ(load(one), "");
  in_source("INSERT INTO t VALUES (2,90),(3,89)");
  ASSERT_EQ(load(one), "");
  EXPECT_EQ(ids(), "1,2");
  one.overlap = {"", 60};
  EXPECT_EQ(load(one), "Watermark.NotComparable");
}

TEST_F(Watermarks, AppendReadsRowsAgainByKeyOnly) {
  in_source("CREATE TABLE t (id INTEGER, w INTEGER); INSERT INTO t VALUES (1,100)");
  auto one = entry(Strategy::append);
  one.overlap.number = "10";
  std::string message;
  EXPECT_EQ(load(one, &message), "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("has no key to tell which are there"));
  one.overlap = {};
  one.watermark_nulls = true;
  EXPECT_EQ(load(one), "Schema.Mismatch");
  one.overlap.number = "10";
  one.key_columns = {"id"};
  ASSERT_EQ(load(one), "");
  in_source(
      "INSERT INTO t VALUES (2,95),(3,101),(4,NULL),(5,80); UPDATE t SET w = 99 WHERE id = 1");
  ASSERT_EQ(load(one, &message), "") << message;
  EXPECT_EQ(staged_.at("rows"), 4);
  EXPECT_EQ(ids(), "1,2,3,4");
  EXPECT_EQ(test::rows_of(folder_ / "target.db", "SELECT w FROM t WHERE id = 1"),
            std::vector<std::string>{"1:100|"})
      << "what is there stays as it was appended";
}

TEST_F(Watermarks, TheNextLoadStartsWhereTheLastOneEndedWhateverTheTargetHolds) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5),(2,6)");
  ASSERT_EQ(load(entry(Strategy::upsert)), "");
  in_target("INSERT INTO t VALUES (99,1000); DELETE FROM t WHERE id = 2");
  in_source("INSERT INTO t VALUES (3,7)");
  ASSERT_EQ(load(entry(Strategy::upsert)), "");
  EXPECT_EQ(staged_.at("watermark").at("after"), "6");
  EXPECT_EQ(ids(), "1,2,3,99");
}

TEST_F(Watermarks, ALoadWithoutRowsDoesNotMoveTheEnd) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5)");
  ASSERT_EQ(load(entry(Strategy::append)), "");
  in_source("DELETE FROM t");
  ASSERT_EQ(load(entry(Strategy::append)), "");
  EXPECT_EQ(staged_.at("watermark").at("upto"), "5");
  in_source("INSERT INTO t VALUES (2,4),(3,6)");
  ASSERT_EQ(load(entry(Strategy::append)), "");
  EXPECT_EQ(ids(), "1,3");
}

TEST_F(Watermarks, AnEmptiedTargetIsLoadedFromTheBeginning) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5),(2,6)");
  for (const auto* empty : {"SELECT 1", "DELETE FROM t", "DROP TABLE t"}) {
    if (std::string(empty) != "SELECT 1") in_target(empty);
    ASSERT_EQ(load(entry(Strategy::append)), "") << empty;
    EXPECT_EQ(ids(), "1,2");
  }
}

TEST_F(Watermarks, TheFirstAppendGoesOnAboveTheRowsThatAreThere) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5),(2,6)");
  in_target("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,5)");
  ASSERT_EQ(load(entry(Strategy::append)), "");
  EXPECT_EQ(ids(), "1,2");
}

TEST_F(Watermarks, ButNotWhereTheTargetOrdersThemOtherwise) {
  in_source(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER); INSERT INTO t VALUES (1,9),(2,10)");
  in_target("CREATE TABLE t (id INTEGER PRIMARY KEY, w TEXT); INSERT INTO t VALUES (1,'9')");
  auto one = entry(Strategy::append);
  one.columns = {{"id", "id", ""}, {"w", "w", "TEXT"}};
  EXPECT_EQ(load(one), "Watermark.NotComparable");
}

TEST_F(Watermarks, ValuesOfAnotherOrderThanTheLastLoadsAreRefused) {
  in_source("CREATE TABLE t (id INTEGER PRIMARY KEY, w); INSERT INTO t VALUES (1,9)");
  ASSERT_EQ(load(entry(Strategy::append)), "");
  in_source("UPDATE t SET w = 'nine'");
  std::string message;
  EXPECT_EQ(load(entry(Strategy::append), &message), "Watermark.NotComparable");
  EXPECT_THAT(message, HasSubstr("compare as text now, and the last load ended at the number 9"));
}

}  // namespace
}  // namespace orch
