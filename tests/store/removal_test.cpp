// Runs that are removed go whole, with all that belongs to them, and nothing that is needed goes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/housekeeping.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/pipelines.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

using execution::Event;
using execution::Status;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* definition_text = R"({"StartAt":"A"})";
constexpr Instant ended_at{Millis{2'000}};

class Removal : public ::testing::Test {
 protected:
  ExecutionId add(const std::string& run_id, std::optional<ParentLink> parent = {},
                  std::optional<StarterLink> starter = {}) {
    auto turn = store_->begin();
    NewExecution made;
    made.run_id = made.name = run_id;
    made.workflow = "copy";
    made.input = '"' + std::string(5'000, 'i') + '"';
    made.started_at = Instant{Millis{1'000}};
    made.definition_hash = definition_hash(definition_text);
    made.parent = std::move(parent);
    made.starter = std::move(starter);
    turn->keep_definition(made.definition_hash, definition_text);
    const auto id = turn->add(made);
    Event event;
    event.id = 1;
    event.at = Instant{Millis{1'000}};
    event.type = execution::EventType::execution_started;
    turn->append(id, std::vector{event});
    turn->set_claims(id, std::vector<std::string>{"db public." + run_id});
    turn->commit();
    return id;
  }

  /// Has ended, without success: it keeps what a resume needs.
  ExecutionId add_ended(const std::string& run_id, std::optional<ParentLink> parent = {},
                        std::optional<StarterLink> starter = {}) {
    const auto id = add(run_id, std::move(parent), std::move(starter));
    auto turn = store_->begin();
    auto row = store_->find(id);
    row.status = Status::failed;
    row.ended_at = ended_at;
    turn->set_outcome(row);
    turn->commit();
    return id;
  }

  bool remove(ExecutionId id) {
    const bool removed = keeping_->remove(id, ended_at);
    while (keeping_->remove_parts()) {
    }
    return removed;
  }

  std::vector<std::string> runs() {
    std::vector<std::string> found;
    for (const auto& row : store_->list({.children = true})) found.push_back(row.made.run_id);
    return found;
  }

  std::int64_t count(const std::string& query) {
    sqlite::Database db(path_, sqlite::Access::read_only);
    sqlite::Statement statement(db, query);
    statement.step();
    return statement.int64(0);
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_ / "runs.db";
  std::unique_ptr<Store> store_ = open_as_owner(path_, "test");
  std::unique_ptr<Housekeeping> keeping_ = open_housekeeping(path_);
};

TEST_F(Removal, TakesARunWithItsFamilyFromAllTables) {
  const auto root = add_ended("root");
  auto turn = store_->begin();
  turn->keep_map_run({"m:1", root, 1});
  turn->commit();
  for (std::int64_t index = 0; index < 250; ++index)
    add_ended(fmt::format("child{}", index), ParentLink{root, 1, index});
  const auto nested = add_ended("nested", {}, StarterLink{root, 7, true});
  add_ended("nested in it", {}, StarterLink{nested, 3, false});
  add_ended("newest");
  keeping_->pack({}, Instant{Millis{5'000}});  // one of them, so that both forms are there
  EXPECT_EQ(keeping_->family(root).size(), 253U);
  EXPECT_TRUE(remove(root));
  EXPECT_THAT(runs(), ElementsAre("newest"));
  for (const char* table : {"history", "history_end", "claim"})
    EXPECT_EQ(count(fmt::format("SELECT count(*) FROM {}", table)), 1) << table;
  for (const char* table :
       {"packed_history", "packed_payload", "payload", "map_run", "removed_run"})
    EXPECT_EQ(count(fmt::format("SELECT count(*) FROM {}", table)), 0) << table;
  sqlite::Database db(path_, sqlite::Access::read_only);
  EXPECT_FALSE(sqlite::Statement(db, "PRAGMA foreign_key_check").step());
}

TEST_F(Removal, GoesOnWhereAnEarlierOneStopped) {
  const auto root = add_ended("root");
  for (std::int64_t index = 0; index < 5; ++index)
    add_ended(fmt::format("child{}", index), ParentLink{root, 1, index});
  add_ended("newest");
  EXPECT_TRUE(keeping_->remove(root, ended_at));
  keeping_ = open_housekeeping(path_);
  EXPECT_THROW(store_->find("root"), Error);
  EXPECT_THAT(store_->list({}), ::testing::SizeIs(1)) << "the children are in no list";
  while (keeping_->remove_parts()) {
  }
  EXPECT_THAT(runs(), ElementsAre("newest"));
}

TEST_F(Removal, LeavesWhatIsNeeded) {
  const auto with_child = add_ended("with a child under way");
  add("child", ParentLink{with_child, 1});
  const auto with_nested = add_ended("with a nested run under way");
  const auto between = add_ended("between", {}, StarterLink{with_nested, 1, false});
  add("nested", {}, StarterLink{between, 1, false});
  const auto awaited = add_ended("a run waits for it");
  const auto waiting = add("waiting");
  auto turn = store_->begin();
  turn->set_waits_for(waiting, awaited);
  turn->commit();
  const auto going_on = add_ended("resumed since");
  const auto newest = add_ended("newest");
  for (const auto run : {with_child, with_nested, awaited, newest}) EXPECT_FALSE(remove(run));
  EXPECT_FALSE(keeping_->remove(waiting, ended_at));
  EXPECT_FALSE(keeping_->remove(going_on, Instant{Millis{1'999}}));
  EXPECT_EQ(runs().size(), 9U);
}

TEST_F(Removal, KeepsAPayloadThatOthersHave) {
  const auto first = add_ended("first");
  add_ended("second");
  for (auto at = keeping_->pack({}, Instant{Millis{5'000}}); at;
       at = keeping_->pack(*at, Instant{Millis{5'000}})) {
  }
  EXPECT_EQ(count("SELECT count(*) FROM payload"), 1);
  EXPECT_TRUE(remove(first));
  EXPECT_EQ(store_->find("second").made.input.size(), 5'002U);
}

TEST_F(Removal, ListsRunsThatHaveEndedNewestFirstInParts) {
  const auto root = add_ended("a");
  add_ended("child", ParentLink{root, 1});
  add_ended("nested", {}, StarterLink{root, 1, true});
  add("under way");
  const auto last = add_ended("b");
  const auto first = keeping_->ended({}, 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].id, last);
  const auto second = keeping_->ended(std::pair(first[0].started_at, first[0].id), 10);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].run_id, "a");
  EXPECT_EQ(second[0].workflow, "copy");
  EXPECT_FALSE(second[0].succeeded);
}

// A number that came again would join what is left of one run with another.
TEST_F(Removal, NumbersDoNotComeAgain) {
  std::vector<ExecutionId> made;
  for (const char* run : {"a", "b", "c"}) made.push_back(add_ended(run));
  for (const auto run : made) remove(run);
  EXPECT_GT(add("d"), made.back());
}

class Leftovers : public Removal {
 protected:
  static constexpr std::chrono::days a_day{1};
  static constexpr Instant begin{std::chrono::days(20'000)};

  void fire(const std::string& key, Instant at, FireOutcome outcome, const std::string& run = "",
            const std::string& kind = "schedule") {
    FireRow row{"load", kind, key, kind, at, outcome, run};
    row.reason = run.empty() ? "paused by ada" : "";
    row.decided_at = at;
    store_->pipelines().put_fire(row);
  }
  void remove_fires(Instant reasons_before) {
    std::optional<FirePlace> at;
    while ((at = keeping_->remove_fires("load", at, reasons_before))) {
    }
  }
  std::vector<std::string> fires() {
    std::vector<std::string> keys;
    for (const auto& row :
         store_->pipelines().fires({.pipeline = "load", .oldest_first = true, .limit = -1}))
      keys.push_back(row.key);
    return keys;
  }
  void keep_definition(const std::string& text) {
    auto turn = store_->begin();
    turn->keep_definition(definition_hash(text), text);
    turn->commit();
  }
};

TEST_F(Leftovers, FiresStayAsLongAsTheirRunOrTheirReason) {
  add_ended("kept");
  fire("its run is removed", begin, FireOutcome::started, "gone");
  fire("its run is kept", begin + a_day, FireOutcome::started, "kept");
  fire("an old reason", begin + 2 * a_day, FireOutcome::skipped);
  fire("it waits", begin + 2 * a_day, FireOutcome::queued);
  fire("a file", begin + 2 * a_day, FireOutcome::started, "gone", "files");
  fire("a new reason", begin + 4 * a_day, FireOutcome::missed);
  fire("the newest", begin + 5 * a_day, FireOutcome::started, "gone");
  EXPECT_THAT(keeping_->fired_pipelines(), ElementsAre("load"));
  remove_fires(begin + 4 * a_day);
  EXPECT_THAT(fires(), ::testing::UnorderedElementsAre("its run is kept", "it waits", "a file",
                                                       "a new reason", "the newest"));
}

// A fire each 15 minutes, of which a quarter is skipped; runs are kept for ten days.
TEST_F(Leftovers, AYearOfFiresTakesNoMoreThanItsLastDays) {
  const auto kept = 10 * a_day;
  std::int64_t most = 0;
  int number = 0;
  for (auto day = begin; day < begin + 365 * a_day; day += a_day) {
    store_->machines().transact([&] {
      for (auto at = day; at < day + a_day; at += std::chrono::minutes(15)) {
        const auto key = fmt::format("{}", ++number);
        if (number % 4 == 0)
          fire(key, at, FireOutcome::skipped);
        else
          fire(key, at, FireOutcome::started, "removed long ago");
      }
    });
    remove_fires(day + a_day - kept);
    most = std::max(most, count("SELECT count(*) FROM fire"));
  }
  EXPECT_EQ(number, 35'040);
  EXPECT_LE(most, 10 * 96 / 4 + 1) << "skipped ones of ten days, and the newest";
  EXPECT_EQ(fires().back(), "35040");
}

TEST_F(Leftovers, OutagesThatAreOverGo) {
  auto turn = store_->begin();
  store_->limits().put_outage({"core", begin, begin + a_day, "down"});
  store_->limits().put_outage({"core", begin + 2 * a_day, begin + 3 * a_day, "down"});
  store_->limits().put_outage({"dwh", begin, std::nullopt, "down"});
  turn->commit();
  keeping_->remove_outages(begin + 2 * a_day);
  EXPECT_EQ(store_->limits().outages("", -1).size(), 2U);
}

TEST_F(Leftovers, DefinitionsGoThatNothingRefersTo) {
  const auto run = add_ended("run");
  keep_definition(R"({"StartAt":"B"})");
  EXPECT_EQ(keeping_->remove_definitions(), 1);
  EXPECT_EQ(count("SELECT count(*) FROM definition"), 1);
  EXPECT_EQ(store_->definition(definition_hash(definition_text)), definition_text);
  add_ended("newest");
  EXPECT_TRUE(remove(run));
  EXPECT_EQ(keeping_->remove_definitions(), 0) << "the newest run has it";
}

TEST_F(Leftovers, DefinitionsOfPipelinesStay) {
  PipelineRevision revision;
  revision.document = R"({"workflow":"w"})";
  revision.workflow = "load";
  revision.definition_hash = definition_hash(definition_text);
  store_->machines().transact(
      [&] { store_->pipelines().add_revision("load", revision, definition_text); });
  EXPECT_EQ(keeping_->remove_definitions(), 0);
}

TEST_F(Leftovers, DefinitionsStayWhileAMapRunIsUnderWay) {
  const auto parent = add("parent");
  auto turn = store_->begin();
  turn->keep_map_run({"m:1", parent, 1});
  turn->commit();
  keep_definition(R"({"StartAt":"Of its children to come"})");
  EXPECT_EQ(keeping_->remove_definitions(), 0);
  turn = store_->begin();
  auto row = store_->find(parent);
  row.status = Status::failed;
  row.ended_at = ended_at;
  turn->set_outcome(row);
  turn->commit();
  EXPECT_EQ(keeping_->remove_definitions(), 1);
}

}  // namespace
}  // namespace orch::store
