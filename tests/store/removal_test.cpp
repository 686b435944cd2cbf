// Runs that are removed go whole, with all that belongs to them, and nothing that is needed goes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/housekeeping.h"
#include "orchestrator/store/open.h"
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

}  // namespace
}  // namespace orch::store
