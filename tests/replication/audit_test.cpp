// Source and target as they are now.
#include "workers/replication/audit/audit.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using data::Strategy;
using test::error_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Audit : public testing::Test {
 protected:
  std::unique_ptr<data::Source> source() {
    return sqlite::open_source(folder_ / "source.db", "from");
  }
  std::unique_ptr<data::Target> target() {
    return sqlite::open_target(folder_ / "target.db", "to");
  }
  void load(const catalog::Entry& entry) {
    const auto from = source();
    const auto to = target();
    test::Replication(*from, *to, fence_ += 10).replicate(entry);
  }
  /// 20,000 rows of an id and a text, loaded.
  void load(const std::string& columns, const catalog::Entry& entry) {
    in_source("DROP TABLE IF EXISTS t; CREATE TABLE t (" + columns +
              "); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 "
              "UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, 'v' || i FROM n");
    in_target("DROP TABLE IF EXISTS t");
    load(entry);
  }
  /// `pauses` counts, `pause` is what happens to the two during one.
  replication::AuditResult audit(const catalog::Entry& entry, std::int64_t most_rows = 200'000) {
    const auto from = source();
    const auto to = target();
    std::unique_ptr<data::Source> published;
    const auto open = [&]() -> data::Source& {
      return *(published = sqlite::open_source(folder_ / "target.db", "to"));
    };
    return replication::audit(entry, {*from, *to, open},
                              {[this] {
                                 ++pauses_;
                                 if (pause_) pause_(pauses_);
                               },
                               [] { return false; }, most_rows});
  }
  static std::vector<std::string> sentences(const replication::AuditResult& result) {
    std::vector<std::string> all;
    for (const auto& example : result.found.examples) all.push_back(replication::sentence(example));
    return all;
  }
  void in_source(const std::string& sql) { test::run_sql(folder_ / "source.db", sql); }
  void in_target(const std::string& sql) { test::run_sql(folder_ / "target.db", sql); }

  test::TempFolder folder_;
  std::int64_t fence_ = 0;
  int pauses_ = 0;
  std::function<void(int)> pause_;
};

constexpr const char* numbers = "id INTEGER PRIMARY KEY, v TEXT";
constexpr const char* texts = "id TEXT PRIMARY KEY, v TEXT";

TEST_F(Audit, EqualSidesSayWhatTheyHoldAndAsOfWhen) {
  const auto entry = test::entry_of("t");
  load(numbers, entry);
  const auto found = replication::to_json(audit(entry));
  EXPECT_TRUE(found.at("equal").as_bool());
  EXPECT_EQ(found.at("source").at("rows"), 20000);
  EXPECT_EQ(found.at("source").at("digest"), found.at("target").at("digest"));
  for (const char* side : {"source", "target"})
    for (const char* member : {"time", "data_version"})
      EXPECT_TRUE(found.at(side).at("as_of").as_object().contains(member)) << side;
  EXPECT_EQ(found.at("last_load").at("run_name"), "nightly");
  EXPECT_EQ(pauses_, 0);
}

TEST_F(Audit, RowsThatDifferAreNamedByKeyWithTheirColumns) {
  for (const auto* columns : {numbers, texts}) {
    const auto entry = test::entry_of("t");
    load(columns, entry);
    in_source("DELETE FROM t WHERE id = '7'; UPDATE t SET v = 'new' WHERE id = '19999'");
    in_target("DELETE FROM t WHERE id = '12'");
    pauses_ = 0;
    const auto result = audit(entry);
    EXPECT_EQ(pauses_, 1);
    EXPECT_THAT(sentences(result), ElementsAre("id = 12 is missing", "id = 7 is extra",
                                               "id = 19999 is different in v"));
    EXPECT_EQ(result.found.count(), 3);
    const auto failure = replication::audit_failure(result);
    EXPECT_EQ(failure.error(), "Audit.Different");
    EXPECT_EQ(json::parse(failure.cause()).at("missing"), 1);
  }
}

TEST_F(Audit, FiveAreNamedAndAllAreCounted) {
  const auto entry = test::entry_of("t");
  for (const auto* columns : {numbers, texts})
    for (const std::int64_t most_rows : {200'000, 1'000}) {
      load(columns, entry);
      in_target("DELETE FROM t WHERE id % 100 = 0; UPDATE t SET v = '' WHERE id = 3");
      const auto result = audit(entry, most_rows);
      EXPECT_EQ(result.found.missing, 200);
      EXPECT_EQ(result.found.different, 1);
      EXPECT_TRUE(result.found.all);
      EXPECT_EQ(result.found.examples.size(), 5u);
      EXPECT_EQ(sentences(result).back(), "id = 3 is different in v");
    }
}

TEST_F(Audit, CountingEndsWhereVeryMuchDiffers) {
  const auto entry = test::entry_of("t");
  load(texts, entry);
  in_target("DELETE FROM t");
  const auto result = audit(entry, 1'000);
  EXPECT_FALSE(result.found.all);
  EXPECT_GT(result.found.missing, 1'000);
  EXPECT_LT(result.found.missing, 20'000);
}

TEST_F(Audit, RowsThatOnlyTheTargetHasAreKeptAfterUpsertAndAppend) {
  for (const auto strategy : {Strategy::upsert, Strategy::append}) {
    const auto entry = test::entry_of("t", strategy);
    load(numbers, entry);
    in_source("DELETE FROM t WHERE id < 4");
    auto result = audit(entry);
    EXPECT_TRUE(result.equal());
    EXPECT_EQ(result.found.kept, 3);
    in_source("UPDATE t SET v = 'new' WHERE id = 9");
    result = audit(entry);
    EXPECT_THAT(sentences(result), ElementsAre("id = 9 is different in v"));
    EXPECT_EQ(result.found.kept, 3);
  }
}

TEST_F(Audit, WithoutAKeyWholeRowsAreCompared) {
  const auto entry = test::entry_of("t");
  load("id INTEGER, v TEXT", entry);
  in_source("INSERT INTO t VALUES (1, 'v1'), (1, 'v1'), (NULL, NULL)");
  const auto result = audit(entry);
  EXPECT_EQ(result.found.missing, 3);
  EXPECT_THAT(sentences(result),
              UnorderedElementsAre("id = 1, v = v1 is missing", "id = NULL, v = NULL is missing"));
}

TEST_F(Audit, AKeyMayBeNullOrOfSeveralColumnsOrMixed) {
  auto entry = test::entry_of("t");
  entry.key_columns = {"id", "part"};
  in_target("CREATE TABLE t (id, part INTEGER, v TEXT)");
  in_source(
      "CREATE TABLE t (id, part INTEGER, v TEXT); INSERT INTO t VALUES (NULL, 1, 'a'), "
      "(1, 1, 'b'), ('1', 1, 'c'), (x'31', 2, 'd'), (1, NULL, 'e'), (1.5, 1, 'f')");
  load(entry);
  EXPECT_TRUE(audit(entry).equal());
  in_source("UPDATE t SET v = 'new' WHERE v IN ('a', 'd', 'e'); DELETE FROM t WHERE v = 'c'");
  EXPECT_THAT(
      sentences(audit(entry)),
      UnorderedElementsAre("id = 1, part = 1 is extra", "id = NULL, part = 1 is different in v",
                           "id = \\x31, part = 2 is different in v",
                           "id = 1, part = NULL is different in v"));
}

TEST_F(Audit, OnlyWhatTheEntryReadsIsCompared) {
  auto entry = test::entry_of("t");
  entry.where = "id <= 10 -- and no more";
  load(numbers, entry);
  in_source("DELETE FROM t WHERE id > 10");
  EXPECT_TRUE(audit(entry).equal());
  in_source("UPDATE t SET v = 'new' WHERE id = 5");
  EXPECT_THAT(sentences(audit(entry)), ElementsAre("id = 5 is different in v"));
}

TEST_F(Audit, AQueryIsComparedWithItsTable) {
  auto entry = test::entry_of("t");
  entry.source.table.name.clear();
  entry.source.query = "SELECT id AS \"Number\", upper(v) AS v FROM t";
  entry.key_columns = {"Number"};
  load(numbers, entry);
  EXPECT_TRUE(audit(entry).equal());
  in_target("UPDATE t SET v = 'v8' WHERE \"Number\" = 8");
  EXPECT_THAT(sentences(audit(entry)), ElementsAre("Number = 8 is different in v"));
}

TEST_F(Audit, OrdersOfTextsDoNotMatter) {
  const auto entry = test::entry_of("t");
  in_source(
      "CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, v TEXT); INSERT INTO t VALUES "
      "('b', '1'), ('A', '2'), ('ä', '3'), ('Z', '4')");
  in_target("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT)");
  load(entry);
  EXPECT_TRUE(audit(entry).equal());
  in_target("UPDATE t SET id = 'a' WHERE id = 'A'");
  EXPECT_THAT(sentences(audit(entry)),
              UnorderedElementsAre("id = A is missing", "id = a is extra"));
}

TEST_F(Audit, HugeValuesAreCompared) {
  const auto entry = test::entry_of("t");
  load("id BLOB, v BLOB", entry);
  in_source("INSERT INTO t VALUES (zeroblob(5000000), zeroblob(5000000))");
  load(entry);
  EXPECT_TRUE(audit(entry).equal());
  in_target("DELETE FROM t WHERE length(v) > 1000");
  const auto result = audit(entry);
  EXPECT_EQ(result.found.missing, 1);
  EXPECT_LT(sentences(result).front().size(), 400u);
}

TEST_F(Audit, TextsOfFilesAreComparedAsTheValuesTheySpell) {
  std::ofstream(folder_ / "t.csv") << "id,v\n1,1.50\n2,x\n";
  in_target("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '1.50')");
  const auto from = csv::open_source(folder_.path(), {}, "from");
  const auto to = target();
  auto entry = test::entry_of("t");
  entry.source.table.name = "t.csv";
  entry.key_columns = {"id"};
  const auto published = sqlite::open_source(folder_ / "target.db", "to");
  const auto result =
      replication::audit(entry, {*from, *to, [&]() -> data::Source& { return *published; }},
                         {[] {}, [] { return false; }});
  EXPECT_THAT(sentences(result), ElementsAre("id = 2 is missing"));
}

TEST_F(Audit, DriftAndAMissingTableAreSaid) {
  const auto entry = test::entry_of("t");
  load(numbers, entry);
  in_source("ALTER TABLE t ADD COLUMN w TEXT");
  EXPECT_EQ(error_of([&] { audit(entry); }), "Schema.Drift");
  in_target("DROP TABLE t");
  EXPECT_EQ(error_of([&] { audit(entry); }), "Target.TableMissing");
}

TEST_F(Audit, WhatFailsAtTheTargetIsTheTargets) {
  const auto entry = test::entry_of("t");
  load(numbers, entry);
  pause_ = [&](int) { in_target("DROP TABLE t"); };
  in_target("DELETE FROM t WHERE id = 1");
  EXPECT_EQ(error_of([&] { audit(entry); }), "Target.TableMissing");
}

// What happens during a pause is what a live source does between two looks.
struct LiveCase {
  const char* name;
  const char* source;        ///< written before the comparison
  const char* first_pause;   ///< written to the source during the first pause
  const char* first_target;  ///< written to the target likewise
  const char* second_pause;  ///< to the source
  std::vector<std::string> differ;
  int changing;
};

class LiveAudit : public Audit, public testing::WithParamInterface<LiveCase> {};

TEST_P(LiveAudit, OnlyWhatStaysDifferentIsADifference) {
  const auto& live = GetParam();
  for (const auto* columns : {numbers, texts}) {
    const auto entry = test::entry_of("t");
    load(columns, entry);
    in_source(live.source);
    pauses_ = 0;
    pause_ = [&](int pause) {
      in_source(pause == 1 ? live.first_pause : live.second_pause);
      if (pause == 1) in_target(live.first_target);
    };
    const auto result = audit(entry);
    EXPECT_THAT(sentences(result), testing::ElementsAreArray(live.differ)) << columns;
    EXPECT_EQ(result.found.changing, live.changing) << columns;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LiveAudit,
                         testing::Values(LiveCase{"TheTargetFollows",
                                                  "UPDATE t SET v = 'a' WHERE id = 5",
                                                  "",
                                                  "UPDATE t SET v = 'a' WHERE id = 5",
                                                  "",
                                                  {},
                                                  0},
                                         LiveCase{"ADeleteIsFollowed",
                                                  "DELETE FROM t WHERE id = 5",
                                                  "",
                                                  "DELETE FROM t WHERE id = 5",
                                                  "",
                                                  {},
                                                  0},
                                         LiveCase{"OneRowChangesAgainAndAgain",
                                                  "UPDATE t SET v = 'a' WHERE id = 5",
                                                  "UPDATE t SET v = 'b' WHERE id = 5",
                                                  "",
                                                  "UPDATE t SET v = 'c' WHERE id = 5",
                                                  {},
                                                  1},
                                         LiveCase{"ARowComesAndGoes",
                                                  "INSERT INTO t VALUES (20001, 'a')",
                                                  "DELETE FROM t WHERE id = 20001",
                                                  "",
                                                  "",
                                                  {},
                                                  0},
                                         LiveCase{"ADifferenceAmongRowsThatChange",
                                                  "UPDATE t SET v = 'a' WHERE id IN (5, 6)",
                                                  "UPDATE t SET v = 'b' WHERE id = 6",
                                                  "",
                                                  "UPDATE t SET v = 'c' WHERE id = 6",
                                                  {"id = 5 is different in v"},
                                                  1},
                                         LiveCase{"ChangedOnceIsADifferenceAfterAnotherPause",
                                                  "UPDATE t SET v = 'a' WHERE id = 5",
                                                  "UPDATE t SET v = 'b' WHERE id = 5",
                                                  "",
                                                  "",
                                                  {"id = 5 is different in v"},
                                                  0},
                                         LiveCase{"OthersThatChangeLaterAreNotLookedAt",
                                                  "UPDATE t SET v = 'a' WHERE id = 5",
                                                  "UPDATE t SET v = 'b' WHERE id = 15000",
                                                  "",
                                                  "",
                                                  {"id = 5 is different in v"},
                                                  0}),
                         [](const auto& test) { return test.param.name; });

// A writer that never rests, and a target that follows it a moment later.
TEST_F(Audit, AWriterGivesNoFalseAlarm) {
  const auto entry = test::entry_of("t");
  load(numbers, entry);
  in_source("PRAGMA journal_mode=WAL");
  in_target("PRAGMA journal_mode=WAL");
  std::atomic<int> written = 0;
  std::atomic<bool> over = false;
  std::thread writer([&] {
    sqlite::Database from(folder_ / "source.db");
    sqlite::Database to(folder_ / "target.db");
    for (auto* db : {&from, &to}) db->set_busy_timeout(std::chrono::seconds(60));
    for (int i = 0; !over; ++i) {
      const auto id = std::to_string(i % 20'000 + 1);
      const auto sql = "UPDATE t SET v = v || '+' WHERE id = " + id +
                       "; DELETE FROM t WHERE id = " + id +
                       " + 1; INSERT OR REPLACE INTO t "
                       "VALUES (30000 + " +
                       id + " * 7 % 5000, 'new')";
      from.exec("BEGIN IMMEDIATE; " + sql + "; COMMIT");
      to.exec("BEGIN IMMEDIATE; " + sql + "; COMMIT");
      ++written;
    }
  });
  // Long enough that what was read of one side has come to the other.
  pause_ = [&](int) {
    const auto before = written.load();
    while (written < before + 3) std::this_thread::yield();
  };
  for (int round = 0; round < 20; ++round) {
    const auto result = audit(entry);
    EXPECT_THAT(sentences(result), IsEmpty());
    EXPECT_EQ(result.found.count(), 0);
  }
  over = true;
  writer.join();
  pause_ = nullptr;
  EXPECT_TRUE(audit(entry).equal());
  in_target("UPDATE t SET v = '?' WHERE id = 20000");
  EXPECT_THAT(sentences(audit(entry)), ElementsAre("id = 20000 is different in v"));
}

}  // namespace
}  // namespace orch
