// One byte that the disk has changed is told from what was written, wherever it is; rows of
// versions without checksums are taken as they are.
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/embedded.h"
#include "orchestrator/base/error.h"
#include "orchestrator/db/migrate.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {

std::span<const EmbeddedFile> sqlite_migrations();  // generated

namespace {

using execution::Event;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* definition_text = R"({"StartAt":"A"})";

Event event(execution::EventId id, const std::string& payload) {
  Event made;
  made.id = id;
  made.previous = id - 1;
  made.at = Instant{Millis{1'000 + id}};
  made.type = execution::EventType::pass_state_entered;
  made.payload = json::Payload::of_text(payload);
  return made;
}

class Damage : public ::testing::Test {
 protected:
  /// A run that has succeeded, with two rows of history.
  ExecutionId add(const std::string& run_id) {
    auto turn = store_->begin();
    NewExecution made;
    made.run_id = made.name = run_id;
    made.workflow = "copy";
    made.input = R"({"rows":12345})";
    made.connections = "c.json";
    made.started_at = Instant{Millis{1'000}};
    made.definition_hash = definition_hash(definition_text);
    turn->keep_definition(made.definition_hash, definition_text);
    const auto id = turn->add(made);
    turn->append(id, std::vector{event(1, "100"), event(2, "200")});
    turn->commit();
    turn = store_->begin();
    turn->append(id, std::vector{event(3, "300")});
    auto row = store_->find(id);
    row.status = execution::Status::succeeded;
    row.ended_at = Instant{Millis{2'000}};
    row.output = "300";
    turn->set_outcome(row);
    turn->commit();
    return id;
  }

  /// What reading everything about the run says of damage; empty: nothing.
  std::string told(Store& store, const std::string& run) {
    try {
      const auto row = store.find(run);
      int events = 0;
      store.history(row.id, 0, [&](const Event&) { ++events; });
      store.definition(row.made.definition_hash);
      return events == 3 ? "" : "events are missing and nothing tells of it";
    } catch (const Error& error) {
      return fmt::format("{} {}", error.code(), error.what());
    }
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_ / "runs.db";
  std::unique_ptr<Store> store_ = open_as_owner(path_, "test");
};

struct DamageCase {
  const char* change;  ///< SQL; {} is the damaged run's row of `execution`
  const char* told;    ///< a part of what is said
};

// Each changes one byte, or takes a row away.
constexpr DamageCase cases[] = {
    {"UPDATE history SET events = replace(events, '200', '201') WHERE execution_id = {}",
     "events 1 to 2 (row 1 of table history) do not have their checksum"},
    {"UPDATE history SET events = replace(events, '1003', '1013') WHERE execution_id = {}",
     "events 3 to 3 (row 2 of table history) do not have their checksum"},
    {"UPDATE history SET events = replace(events, 'PassState', 'TaskState') "
     "WHERE execution_id = {}",
     "do not have their checksum"},
    {"UPDATE history SET events = substr(events, 2) WHERE execution_id = {} AND first_id = 1",
     "events 1 to 2 (row 1"},
    {"UPDATE history SET last_id = 3 WHERE execution_id = {} AND first_id = 1",
     "events 1 to 3 (row 1 of table history) do not have their checksum"},
    {"UPDATE history SET first_id = 4, last_id = 4 WHERE execution_id = {} AND first_id = 3",
     "events 3 to 3 are missing"},
    {"UPDATE history SET checksum = checksum + 1 WHERE execution_id = {} AND first_id = 3",
     "do not have their checksum"},
    {"DELETE FROM history WHERE execution_id = {} AND first_id = 1", "events 1 to 2 are missing"},
    {"DELETE FROM history WHERE execution_id = {} AND first_id = 3", "events 3 to 3 are missing"},
    {"DELETE FROM history WHERE execution_id = {}", "events 1 to 3 are missing"},
    {"UPDATE execution SET input = '{{\"rows\":12346}}' WHERE id = {}",
     "what was submitted does not have its checksum"},
    {"UPDATE execution SET connections = 'd.json' WHERE id = {}",
     "what was submitted does not have its checksum"},
    {"UPDATE execution SET started_ms = 1001 WHERE id = {}", "what was submitted"},
    {"UPDATE execution SET workflow = 'cope' WHERE id = {}", "what was submitted"},
    {"UPDATE execution SET arn = 'b' WHERE id = {}", "what was submitted"},
    {"UPDATE execution SET starter = 1, starter_ticket = 1 WHERE id = {}", "what was submitted"},
    {"UPDATE execution SET resumes = 1 WHERE id = {}", "what was submitted"},
    {"UPDATE execution SET output = '301' WHERE id = {}", "its outcome does not have its checksum"},
    {"UPDATE execution SET ended_ms = 2001 WHERE id = {}", "its outcome"},
    {"UPDATE execution SET redrive_count = 1 WHERE id = {}", "its outcome"},
    {"UPDATE execution SET error = '' WHERE id = {}", "its outcome"},
    {"UPDATE execution SET cause = 'x' WHERE id = {}", "its outcome"},
    {"UPDATE execution SET status = 'FAILED', output = NULL WHERE id = {}", "its outcome"},
};

TEST_F(Damage, OfOneByteIsToldWithItsPlace) {
  EXPECT_THAT(told(*store_, "none"), HasSubstr("ORCH-0203"));
  store_.reset();
  for (const auto& each : cases) {
    SCOPED_TRACE(each.change);
    std::filesystem::remove(path_);
    store_ = open_as_owner(path_, "test");
    const auto id = add("aa11");
    add("bb22");
    ASSERT_THAT(told(*store_, "aa11"), IsEmpty());
    sqlite::Database(path_).exec(
        fmt::format(fmt::runtime(each.change), static_cast<std::int64_t>(id)));
    for (auto* store : {store_.get(), open_as_reader(path_).release()}) {
      const std::unique_ptr<Store> reader(store == store_.get() ? nullptr : store);
      EXPECT_THAT(told(*store, "aa11"), AllOf(HasSubstr("ORCH-0206"), HasSubstr(path_.string()),
                                              HasSubstr("run aa11"), HasSubstr(each.told)));
      EXPECT_THAT(told(*store, "bb22"), IsEmpty()) << "the other run";
      EXPECT_EQ(store->list({}).size(), 2u) << "one keeps no other from sight";
      EXPECT_EQ(store->find_unchecked("aa11").id, id);
    }
    store_.reset();
  }
}

TEST_F(Damage, OfALastRowIsToldOfEachRunOfATurnOfMany) {
  constexpr int runs = 70;
  std::vector<ExecutionId> ids;
  for (int i = 0; i < runs; ++i) ids.push_back(add(fmt::format("run{:02}", i)));
  const auto turn = store_->begin();
  for (const auto id : ids) turn->append(id, std::vector{event(4, "400")});
  turn->append(ids.front(), std::vector{event(5, "500")});
  turn->discard(ids.front(), 5);
  turn->commit();
  sqlite::Database(path_).exec("DELETE FROM history WHERE first_id = 4");
  for (int i = 0; i < runs; ++i)
    EXPECT_THAT(told(*store_, fmt::format("run{:02}", i)), HasSubstr("events 4 to 4 are missing"));
}

TEST_F(Damage, OfADefinitionIsToldUntilItsTextIsBroughtAgain) {
  add("aa11");
  sqlite::Database(path_).exec("UPDATE definition SET text = replace(text, 'A', 'B')");
  EXPECT_THAT(told(*store_, "aa11"),
              AllOf(HasSubstr("ORCH-0206"), HasSubstr(definition_hash(definition_text)),
                    HasSubstr("its text does not have this hash")));
  add("bb22");
  EXPECT_THAT(told(*store_, "aa11"), IsEmpty());
}

// A run that has lost a name would load a table beside another run.
TEST_F(Damage, OfClaimedNamesIsThatOfTheRun) {
  for (const auto* change :
       {"UPDATE claim SET name = 'db public.c' WHERE execution_id = 1 AND name = 'db public.b'",
        "DELETE FROM claim WHERE execution_id = 1 AND name = 'db public.a'",
        "DELETE FROM claim WHERE execution_id = 1",
        "INSERT INTO claim (execution_id, name) VALUES (1, 'db public.z')"}) {
    SCOPED_TRACE(change);
    store_.reset();
    std::filesystem::remove(path_);
    store_ = open_as_owner(path_, "test");
    const auto turn = store_->begin();
    for (const auto* run : {"aa11", "bb22"}) {
      NewExecution made;
      made.run_id = made.name = run;
      made.definition_hash = definition_hash(definition_text);
      turn->keep_definition(made.definition_hash, definition_text);
      turn->set_claims(turn->add(made), std::vector<std::string>{"db public.b", "db public.a"});
    }
    turn->commit();
    EXPECT_EQ(store_->claims().size(), 2u);
    EXPECT_EQ(store_->find("aa11").made.run_id, "aa11");
    sqlite::Database(path_).exec(change);
    EXPECT_THAT(store_->find_unchecked("aa11").damage,
                AllOf(HasSubstr("run aa11"), HasSubstr("the names that it claims")));
    EXPECT_THAT(store_->find_unchecked("bb22").damage, IsEmpty());
  }
}

struct RegistryCase {
  const char* change;
  std::function<void(Machines&)> read;
  const char* told;
};

// What clients of the API have made: one is told by its place, the others are served.
TEST_F(Damage, OfStateMachinesIsToldAndLeavesTheOthers) {
  const auto of = [](const char* name) {
    return [name](Machines& machines) { machines.find(name); };
  };
  const auto version = [](Machines& machines) { machines.version(1, 1); };
  const auto alias = [](Machines& machines) { machines.alias(1, "live"); };
  const auto activity = [](Machines& machines) { machines.activity("approve"); };
  const auto tags = [](Machines& machines) { machines.tags("stateMachine:copy"); };
  const RegistryCase table[] = {
      {"UPDATE revision SET role = 'arn:rule' WHERE machine = 1", of("copy"),
       "row 1 of table revision does not have its checksum"},
      {"UPDATE revision SET definition_hash = (SELECT definition_hash FROM revision WHERE id = 2) "
       "WHERE id = 1",
       of("copy"), "row 1 of table revision"},
      {"UPDATE revision SET configuration = '{}' WHERE id = 1", of("copy"),
       "row 1 of table revision"},
      {"UPDATE state_machine SET revision = 2 WHERE id = 1", of("copy"), "table state_machine"},
      {"UPDATE state_machine SET type = 'EXPRESS' WHERE id = 1", of("copy"), "table state_machine"},
      {"UPDATE state_machine SET name = 'cope' WHERE id = 1", of("cope"), "table state_machine"},
      {"UPDATE version SET revision = 2 WHERE machine = 1", version,
       "version 1 of state machine 1 in table version"},
      {"UPDATE version SET description = 'x' WHERE machine = 1", version, "in table version"},
      {"UPDATE alias SET routing = '[[2,100]]' WHERE machine = 1", alias,
       "\"live\" of state machine 1 in table alias does not have its checksum"},
      {"UPDATE alias SET routing = '[[1,100' WHERE machine = 1", alias, "cannot be read"},
      {"UPDATE alias SET updated_ms = 7 WHERE machine = 1", alias, "in table alias"},
      {"UPDATE activity SET configuration = '[]' WHERE name = 'approve'", activity,
       "\"approve\" in table activity"},
      {"UPDATE tag SET value = 'y' WHERE resource = 'stateMachine:copy'", tags,
       "tag \"team\" of stateMachine:copy in table tag"},
      {"UPDATE tag SET key = 'teem' WHERE resource = 'stateMachine:copy'", tags, "in table tag"},
  };
  for (const auto& [change, read, told] : table) {
    SCOPED_TRACE(change);
    store_.reset();
    std::filesystem::remove(path_);
    store_ = open_as_owner(path_, "test");
    auto& machines = store_->machines();
    const auto add = [&](const std::string& name) {
      Revision revision;
      revision.definition_hash = definition_hash(name);
      revision.role = "arn:role";
      revision.configuration = R"({"level":"OFF"})";
      return machines.add({0, name, false, Instant{Millis{5}}, revision}, name);
    };
    for (const auto* name : {"copy", "other"}) {
      const auto id = add(name);
      machines.add_version(id, {0, "first", Instant{Millis{6}}, machines.find(name)->revision});
      machines.put_alias(id, {"live", "", {{1, 100}}, Instant{Millis{6}}, Instant{Millis{6}}});
      machines.put_tag(std::string("stateMachine:") + name, "team", "x");
      machines.add_activity({name == std::string("copy") ? "approve" : "reject", "{}", {}});
    }
    sqlite::Database(path_).exec(change);
    try {
      read(machines);
      ADD_FAILURE() << "nothing tells of it";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0206");
      EXPECT_THAT(error.what(), AllOf(HasSubstr(path_.string()), HasSubstr(told)));
    }
    EXPECT_TRUE(machines.find("other"));
    EXPECT_TRUE(machines.alias(2, "live"));
    EXPECT_TRUE(machines.version(2, 1));
    EXPECT_EQ(machines.tags("stateMachine:other").size(), 1u);
    EXPECT_EQ(machines.list("", 10).back().name, "other");
    EXPECT_TRUE(machines.activity("reject"));
    for (const auto* name : {"copy", "cope"}) machines.remove(name);
    EXPECT_NO_THROW(add("copy")) << "its name is free again";
  }
}

TEST_F(Damage, OfAChildsOutputDoesNotReachTheResultOfItsMap) {
  const auto parent = add("aa11");
  auto turn = store_->begin();
  NewExecution made;
  made.run_id = made.name = "cc33";
  made.definition_hash = definition_hash(definition_text);
  made.parent = {{parent, 2, 0, 1}};
  ExecutionRow row;
  row.id = turn->add(made);
  row.made = made;
  row.status = execution::Status::succeeded;
  row.ended_at = Instant{Millis{5}};
  row.output = "[7]";
  turn->set_outcome(row);
  turn->commit();
  EXPECT_EQ(store_->child_outputs(parent, 2), "[[7]]");
  EXPECT_EQ(store_->children(parent, 2, 0, 10).size(), 1u);
  sqlite::Database(path_).exec("UPDATE execution SET output = '[8]' WHERE run_id = 'cc33'");
  EXPECT_THROW(store_->child_outputs(parent, 2), Error);
  EXPECT_THROW(store_->children(parent, 2, 0, 10), Error);
}

TEST_F(Damage, OfTheLastEventLeavesTheTimesOfOtherRuns) {
  const auto id = add("aa11");
  const auto other = add("bb22");
  sqlite::Database(path_).exec(
      "UPDATE execution SET status = 'RUNNING', ended_ms = NULL, output = NULL, "
      "outcome_checksum = NULL");
  EXPECT_THAT(store_->last_recorded(),
              ::testing::UnorderedElementsAre(std::pair(id, Instant{Millis{1'003}}),
                                              std::pair(other, Instant{Millis{1'003}})));
  sqlite::Database(path_).exec(
      "UPDATE history SET checksum = 0 WHERE execution_id = 1 AND first_id = 3");
  EXPECT_THAT(store_->last_recorded(),
              ::testing::UnorderedElementsAre(std::pair(other, Instant{Millis{1'003}})));
}

// A store of the version before has no checksums: its rows are taken as they are, what is written
// from now on is compared.
TEST(OlderStore, IsOpenedAndContinuedWithChecksums) {
  const test::TempFolder folder;
  const auto path = folder / "runs.db";
  const auto hash = definition_hash(definition_text);
  {
    sqlite::Database db(path);
    sqlite::migrate(db, sqlite_migrations().first(9), "orch_migration", "an older store");
    sqlite::Statement(db, "INSERT INTO definition (hash, text) VALUES (?, ?)")
        .bind(hash, definition_text)
        .run();
    sqlite::Statement(db,
                      "INSERT INTO execution (id, run_id, name, workflow, definition_hash, input, "
                      "connections, status, started_ms) VALUES "
                      "(1, 'aa11', 'aa11', 'copy', ?, '{}', '', 'RUNNING', 1000)")
        .bind(hash)
        .run();
    db.exec(
        "INSERT INTO history (execution_id, first_id, last_id, events) VALUES (1, 1, 1, "
        R"('[{"id":1,"previous":0,"timestamp":1001,"type":"PassStateEntered","payload":"100"}]'))");
  }
  const auto store = open_as_owner(path, "test");
  const auto row = store->find("aa11");
  const auto turn = store->begin();
  turn->append(row.id, std::vector{event(2, "200")});
  turn->commit();
  std::vector<std::string> payloads;
  store->history(row.id, 0, [&](const Event& each) { payloads.push_back(each.payload->text()); });
  EXPECT_THAT(payloads, ::testing::ElementsAre("100", "200"));
  sqlite::Database(path).exec("UPDATE history SET events = replace(events, '200', '201')");
  EXPECT_THROW(store->history(row.id, 0, [](const Event&) {}), Error);
}

}  // namespace
}  // namespace orch::store
