// Packed runs read like others, and take a fraction of the room.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/copy.h"
#include "orchestrator/store/housekeeping.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

using execution::Event;
using execution::EventId;
using execution::Status;
using ::testing::HasSubstr;

constexpr const char* definition_text = R"({"StartAt":"A"})";

std::string large(char letter) { return '"' + std::string(20'000, letter) + '"'; }

Event event(EventId id, const std::string& payload) {
  Event made;
  made.id = id;
  made.previous = id - 1;
  made.at = Instant{Millis{1'000 + id}};
  made.type = execution::EventType::pass_state_entered;
  made.payload = json::Payload::of_text(payload);
  return made;
}

class Packing : public ::testing::Test {
 protected:
  /// A run under way with a row of history for each of `turns`.
  ExecutionId add(const std::string& run_id, const std::string& input,
                  std::vector<std::string> turns, std::optional<ParentLink> parent = {}) {
    auto turn = store_->begin();
    NewExecution made;
    made.run_id = made.name = run_id;
    made.workflow = "copy";
    made.input = input;
    made.started_at = Instant{Millis{1'000}};
    made.definition_hash = definition_hash(definition_text);
    made.parent = std::move(parent);
    turn->keep_definition(made.definition_hash, definition_text);
    const auto id = turn->add(made);
    turn->commit();
    for (EventId next = 1; const auto& payload : turns) append(id, next++, payload);
    return id;
  }

  void append(ExecutionId id, EventId event_id, const std::string& payload) {
    auto turn = store_->begin();
    turn->append(id, std::vector{event(event_id, payload)});
    turn->commit();
  }

  void set(ExecutionId id, Status status, const std::optional<std::string>& output = {}) {
    auto turn = store_->begin();
    auto row = store_->find(id);
    row.status = status;
    row.ended_at.reset();
    if (status != Status::running) row.ended_at = Instant{Millis{2'000}};
    row.output = output;
    turn->set_outcome(row);
    turn->commit();
  }

  /// Packs all there is to pack; how many steps it took.
  int pack() {
    const auto keeping = open_housekeeping(path_);
    int steps = 0;
    for (auto at = keeping->pack({}, Instant{Millis{5'000}}); at;
         at = keeping->pack(*at, Instant{Millis{5'000}}))
      ++steps;
    return steps;
  }

  /// "1:PAYLOAD-SIZE 2:…" of the events after `after`.
  std::string events(ExecutionId id, EventId after = 0) {
    std::string text;
    store_->history(id, after, [&](const Event& each) {
      text += fmt::format("{}:{} ", each.id, each.payload->text().size());
    });
    return text;
  }

  std::int64_t count(const std::string& query) {
    sqlite::Database db(path_, sqlite::Access::read_only);
    sqlite::Statement statement(db, query);
    statement.step();
    return statement.int64(0);
  }

  void reopen() {
    store_.reset();
    store_ = open_as_owner(path_, "test");
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_ / "runs.db";
  std::unique_ptr<Store> store_ = open_as_owner(path_, "test");
};

TEST_F(Packing, ReadsAsBefore) {
  const auto id = add("r1", large('i'), {"1", large('a'), large('b'), large('a')});
  set(id, Status::succeeded, large('o'));
  const auto before = events(id);
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(count("SELECT count(*) FROM history"), 0);
  EXPECT_EQ(count("SELECT length(input) + length(output) FROM execution"), 0);
  EXPECT_LT(count("SELECT sum(length(events)) FROM packed_history"), 1'000);
  for (int opened = 0; opened < 2; ++opened, reopen()) {
    EXPECT_EQ(events(id), before);
    EXPECT_EQ(events(id, 3), "4:20002 ");
    const auto row = store_->find("r1");
    EXPECT_EQ(row.made.input, large('i'));
    EXPECT_EQ(row.output, large('o'));
    EXPECT_TRUE(store_->holds(id, 4));
    EXPECT_FALSE(store_->holds(id, 5));
  }
  EXPECT_EQ(pack(), 0);
}

TEST_F(Packing, LeavesWhatIsUnderWay) {
  const auto running = add("r1", large('i'), {"1", "2"});
  const auto recent = add("r2", "1", {"1"});
  auto turn = store_->begin();
  auto row = store_->find(recent);
  row.status = Status::failed;
  row.ended_at = Instant{Millis{5'000}};
  turn->set_outcome(row);
  turn->commit();
  EXPECT_EQ(pack(), 0);
  EXPECT_EQ(count("SELECT count(*) FROM history"), 3);
  EXPECT_EQ(events(running), "1:1 2:1 ");
}

TEST_F(Packing, KeepsEqualPayloadsOnce) {
  for (int run = 0; run < 5; ++run)
    set(add(fmt::format("r{}", run), large('i'), {"1"}), Status::succeeded, large('i'));
  pack();
  EXPECT_EQ(count("SELECT count(*) FROM payload"), 1);
  EXPECT_EQ(store_->list({}).back().output, large('i'));
}

TEST_F(Packing, AResumeGoesOnAfterIt) {
  const auto id = add("r1", large('i'), {large('a'), large('b')});
  set(id, Status::failed);
  pack();
  set(id, Status::running);
  append(id, 3, large('c'));
  EXPECT_EQ(events(id), "1:20002 2:20002 3:20002 ");
  EXPECT_EQ(store_->last_recorded().at(id), Instant{Millis{1'003}});
  EXPECT_EQ(pack(), 0);
  set(id, Status::succeeded, large('o'));
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(events(id), "1:20002 2:20002 3:20002 ");
  EXPECT_EQ(store_->find(id).made.input, large('i'));
  EXPECT_EQ(store_->find(id).output, large('o'));
}

TEST_F(Packing, LongHistoriesInParts) {
  std::vector<std::string> turns(45, '"' + std::string(200'000, 'x') + '"');
  const auto id = add("r1", "1", turns);
  set(id, Status::succeeded, "1");
  const auto before = events(id);
  EXPECT_EQ(pack(), 5);
  EXPECT_EQ(count("SELECT count(*) FROM packed_history"), 5);
  EXPECT_EQ(events(id), before);
  EXPECT_EQ(events(id, 4).substr(0, 2), "5:");
}

// What one commit writes all others wait for.
TEST_F(Packing, LargeEventsArePackedAsTheyCome) {
  const auto huge = '"' + std::string(700'000, 'x') + '"';
  const auto id = add("r1", "1", {"1", huge, "3", "4", huge});
  EXPECT_EQ(count("SELECT count(*) FROM history"), 3);
  EXPECT_EQ(count("SELECT count(*) FROM packed_history"), 2);
  EXPECT_LT(count("SELECT sum(length(events)) FROM packed_history"), 2'000);
  const std::string all = "1:1 2:700002 3:1 4:1 5:700002 ";
  for (int opened = 0; opened < 2; ++opened, reopen()) {
    EXPECT_EQ(events(id), all);
    EXPECT_EQ(events(id, 4), "5:700002 ");
    EXPECT_TRUE(store_->holds(id, 5));
    EXPECT_EQ(store_->last_recorded().at(id), Instant{Millis{1'005}});
  }
  append(id, 6, "6");
  EXPECT_EQ(store_->last_recorded().at(id), Instant{Millis{1'006}});
  set(id, Status::succeeded, "1");
  EXPECT_EQ(pack(), 3) << "what lies between them is packed apart";
  EXPECT_EQ(count("SELECT count(*) FROM history"), 0);
  EXPECT_EQ(events(id), all + "6:1 ");
  EXPECT_TRUE(check_store(path_.string()).damages.empty());
}

TEST_F(Packing, ATurnTakesBackLargeEventsToo) {
  const auto huge = '"' + std::string(700'000, 'x') + '"';
  const auto id = add("r1", "1", {"1"});
  auto turn = store_->begin();
  turn->append(id, std::vector{event(2, huge)});
  turn->discard(id, 2);
  turn->append(id, std::vector{event(2, "2")});
  turn->commit();
  EXPECT_EQ(events(id), "1:1 2:1 ");
  EXPECT_EQ(count("SELECT count(*) FROM packed_history"), 0);
}

// Its latest event tells when a child failed, in whichever table it is.
TEST_F(Packing, TheOrderOfCommitsIsThatOfBothTables) {
  const auto huge = '"' + std::string(700'000, 'x') + '"';
  const auto parent = add("p", "1", {"1"});
  const auto child = add("c", "1", {"1", huge}, ParentLink{parent, 1});
  set(child, Status::failed);
  append(parent, 2, huge);
  EXPECT_THAT(store_->failed_children(parent, 1, 2), ::testing::ElementsAre("c"));
  set(child, Status::running);
  append(child, 3, huge);
  set(child, Status::failed);
  EXPECT_THAT(store_->failed_children(parent, 1, 2), ::testing::IsEmpty());
}

// The numbers of the rows of `history` tell it, and the highest of them are taken away.
TEST_F(Packing, TheOrderOfCommitsOutlivesIt) {
  const auto parent = add("p", "1", {"1"});
  const auto child = add("c", "1", {"1", "2"}, ParentLink{parent, 1});
  set(child, Status::failed);
  EXPECT_EQ(pack(), 1);
  reopen();  // counts from the rows that are left
  append(parent, 2, "redriven");
  EXPECT_THAT(store_->failed_children(parent, 1, 2), ::testing::ElementsAre("c"));
  set(child, Status::running);
  append(child, 3, "3");
  set(child, Status::failed);
  EXPECT_THAT(store_->failed_children(parent, 1, 2), ::testing::IsEmpty());
  EXPECT_EQ(pack(), 1);
  EXPECT_THAT(store_->failed_children(parent, 1, 2), ::testing::IsEmpty());
}

TEST_F(Packing, AFailureLeavesTheRunAsItWas) {
  const auto id = add("r1", large('i'), {large('a')});
  set(id, Status::succeeded, "1");
  {
    sqlite::Database other(path_, sqlite::Access::read_write);
    const sqlite::Transaction holds_the_lock(other);
    try {
      pack();
      ADD_FAILURE() << "it wrote beside another writer";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0210");
    }
  }
  EXPECT_EQ(count("SELECT count(*) FROM history"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM packed_history"), 0);
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(events(id), "1:20002 ");
}

TEST_F(Packing, DamageIsTold) {
  struct Case {
    const char* change;
    const char* told;
  };
  constexpr Case cases[] = {
      {"UPDATE packed_history SET events = zeroblob(30)", "do not have their checksum"},
      {"UPDATE packed_history SET last_id = 3", "do not have their checksum"},
      {"DELETE FROM packed_history", "events 1 to 2 are missing"},
      {"UPDATE payload SET text = zeroblob(9)", "what was submitted does not have its checksum"},
      {"DELETE FROM payload", "what was submitted does not have its checksum"},
      {"UPDATE packed_payload SET input = output", "what was submitted does not have its checksum"},
      {"UPDATE packed_payload SET output = NULL", "its outcome does not have its checksum"},
  };
  const auto id = add("r1", large('i'), {"1", "2"});
  set(id, Status::succeeded, large('o'));
  pack();
  store_.reset();
  for (const auto& [change, told] : cases) {
    SCOPED_TRACE(change);
    const auto copy = folder_ / "copy.db";
    std::filesystem::copy_file(path_, copy, std::filesystem::copy_options::overwrite_existing);
    sqlite::Database(copy).exec(fmt::format("PRAGMA foreign_keys=OFF; {}", change));
    const auto opened = open_as_owner(copy, "test");
    try {
      const auto row = opened->find(id);
      opened->history(id, 0, [](const Event&) {});
      ADD_FAILURE() << "nothing is told";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0206");
      EXPECT_THAT(error.what(), HasSubstr(told));
    }
  }
}

// What is damaged before it is packed stays where it is told of.
TEST_F(Packing, DamagedRunsStayUnpacked) {
  const auto id = add("r1", "1", {"1", "2"});
  set(id, Status::succeeded, "1");
  sqlite::Database(path_).exec("UPDATE history SET events = replace(events, '1002', '1012')");
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(count("SELECT count(*) FROM history"), 2);
  EXPECT_THROW(store_->history(id, 0, [](const Event&) {}), Error);
}

}  // namespace
}  // namespace orch::store
