// What the engine refuses leaves nothing behind; what workers do wrong fails their state only.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/json/text.h"
#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using ::testing::HasSubstr;

const std::string failing =
    R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Task","Resource":"orch:fail","End":true})";

class EngineRefusal : public EngineTest {};

TEST_F(EngineRefusal, InputThatIsNoJson) {
  const auto made = submission(R"("A":{"Type":"Pass","End":true})", "{\"a\":");
  EXPECT_EQ(code_of([&] { engine_->submit(made); }), "ORCH-0003");
  EXPECT_TRUE(store::open_as_reader(path())->list({}).empty());
  EXPECT_EQ(run(R"("A":{"Type":"Pass","End":true})").status, execution::Status::succeeded)
      << "the engine lives";
}

TEST_F(EngineRefusal, ARefusedRedriveKeepsTheOldDefinition) {
  const auto failed = run(failing);
  Redrive redrive;
  redrive.definition =
      submission(R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true})").definition;
  const auto refused = [&] {
    return code_of([&] { engine_->redrive(failed.made.run_id, redrive); });
  };
  EXPECT_EQ(refused(), "ORCH-0205") << "B is no longer a Task";
  redrive.definition = submission(failing).definition + " ";
  redrive.from = "Nowhere";
  EXPECT_EQ(refused(), "ORCH-0205");
  redrive.from = "";
  redrive.input = "no json";
  EXPECT_EQ(refused(), "ORCH-0003");
  redrive.input = "{}";
  EXPECT_EQ(refused(), "ORCH-0205") << "an input of no state";
  redrive.input = "";
  redrive.definition =
      submission(
          R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Task","Resource":"orch:x","End":true})")
          .definition;
  EXPECT_EQ(refused(), "ORCH-0204");
  const auto row = store::open_as_reader(path())->find(failed.made.run_id);
  EXPECT_EQ(row.made.definition_hash, failed.made.definition_hash);
  EXPECT_EQ(row.status, execution::Status::failed);
}

TEST_F(EngineRefusal, ARunUnderWayTakesNoChanges) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:gate","End":true})"))
          .run_id;
  EXPECT_EQ(engine_->redrive(id, {}), id) << "to resume what goes on is no error";
  Redrive redrive;
  redrive.from = "A";
  EXPECT_EQ(code_of([&] { engine_->redrive(id, redrive); }), "ORCH-0205");
  gate.open();
  EXPECT_EQ(engine_->wait(id).status, execution::Status::succeeded);
}

TEST_F(EngineRefusal, StopNamesWhatCannotBeStopped) {
  const auto row = run(R"("A":{"Type":"Pass","End":true})");
  EXPECT_EQ(code_of([&] { engine_->stop(row.made.run_id, "", ""); }), "ORCH-0205");
  EXPECT_EQ(code_of([&] { engine_->stop("nothing", "", ""); }), "ORCH-0203");
  EXPECT_EQ(code_of([&] { engine_->wait("nothing"); }), "ORCH-0203");
  EXPECT_EQ(run(R"("A":{"Type":"Pass","End":true})").status, execution::Status::succeeded)
      << "the engine lives";
}

struct Misdeed {
  std::string message;
  Function work;
};

TEST_F(EngineRefusal, WhateverAWorkerThrowsFailsItsState) {
  const std::vector<Misdeed> misdeeds = {
      {"no space",
       [](auto&, auto&) -> boost::json::value { throw std::runtime_error("no space"); }},
      {"did not name", [](auto&, auto&) -> boost::json::value { throw 42; }},
      {"without having been asked",
       [](auto&, auto&) -> boost::json::value { throw workers::Cancelled(); }},
      {"NaN", [](auto&, auto&) -> boost::json::value {
         return std::numeric_limits<double>::quiet_NaN();
       }}};
  for (std::size_t i = 0; i < misdeeds.size(); ++i) {
    const auto resource = fmt::format("orch:misdeed{}", i);
    add(resource, misdeeds[i].work);
    const auto row =
        run(fmt::format(R"("A":{{"Type":"Task","Resource":"{}","End":true}})", resource));
    EXPECT_EQ(row.status, execution::Status::failed);
    EXPECT_EQ(row.error, "States.TaskFailed");
    EXPECT_THAT(std::string(json::parse(*row.cause).at("message").as_string()),
                HasSubstr(misdeeds[i].message));
  }
}

TEST_F(EngineRefusal, AnErrorOfOursKeepsItsCodeAndHint) {
  add("orch:error", [](auto&, auto&) -> boost::json::value {
    throw Error("ORCH-0002", "x.csv: permission denied", "chmod it");
  });
  const auto row = run(R"("A":{"Type":"Task","Resource":"orch:error","End":true})");
  EXPECT_EQ(row.error, "States.TaskFailed");
  EXPECT_EQ(row.cause,
            R"({"message":"x.csv: permission denied","hint":"chmod it","code":"ORCH-0002"})");
}

// The others go on; the damaged run is set aside with what is wrong with it, and can be ended.
TEST_F(EngineRefusal, ADamagedRunIsNamedAndTheOthersGoOn) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto states = R"("A":{"Type":"Task","Resource":"orch:gate","End":true})";
  const auto damaged = engine_->submit(submission(states)).run_id;
  const auto sound = engine_->submit(submission(states)).run_id;
  gate.open();
  engine_->drain(Millis{20'000});
  end();
  sqlite::Database(path()).exec(
      "UPDATE execution SET status = 'RUNNING', ended_ms = NULL, output = NULL, "
      "outcome_checksum = NULL; DELETE FROM history WHERE first_id > 1; DELETE FROM history_end");
  sqlite::Database(path()).exec(fmt::format(
      "UPDATE history SET events = '[7]', checksum = NULL WHERE execution_id = (SELECT id FROM "
      "execution WHERE run_id = '{}')",
      damaged));
  start();
  EXPECT_EQ(engine_->wait(sound).status, execution::Status::succeeded);
  const auto aside = engine_->wait(damaged);
  EXPECT_EQ(aside.status, execution::Status::running);
  EXPECT_THAT(aside.set_aside.value_or(""), ::testing::HasSubstr("an event is not an object"));
  EXPECT_EQ(code_of([&] { engine_->redrive(damaged, {}); }), "ORCH-0206");
  EXPECT_TRUE(engine_->wait(damaged).set_aside) << "still";
  engine_->stop(damaged, "", "of no use");
  const auto stopped = engine_->wait(damaged);
  EXPECT_EQ(stopped.status, execution::Status::aborted);
  EXPECT_EQ(stopped.cause, "of no use");
}

// One byte of what the store keeps of a run under way, in each place that the run would go on with.
TEST_F(EngineRefusal, ARunIsNotContinuedWithWhatWasNotWritten) {
  const auto states = R"("A":{"Type":"Pass","Result":10,"Next":"B"},)"
                      R"("B":{"Type":"Wait","Seconds":600,"End":true})";
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE history SET events = replace(events, '\"10\"', '\"11\"') WHERE execution_id = {}",
       "do not have their checksum"},
      {"UPDATE execution SET input = '[2]' WHERE id = {}",
       "what was submitted does not have its checksum"},
      {"UPDATE definition SET text = replace(text, '600', '601') WHERE hash = (SELECT "
       "definition_hash FROM execution WHERE id = {})",
       "its text does not have this hash"}};
  for (const auto& [change, told] : cases) {
    SCOPED_TRACE(change);
    auto other = submission(R"("A":{"Type":"Pass","Result":10,"Next":"B"},)"
                            R"("B":{"Type":"Wait","Seconds":600,"Next":"C"},)"
                            R"("C":{"Type":"Pass","End":true})");
    const auto damaged = engine_->submit(submission(states, "[1]")).run_id;
    const auto sound = engine_->submit(other).run_id;
    end();
    const auto id = static_cast<std::int64_t>(store::open_as_reader(path())->find(damaged).id);
    sqlite::Database(path()).exec(fmt::format(fmt::runtime(change), id));
    start();
    const auto aside = engine_->wait(damaged).set_aside.value_or("");
    EXPECT_THAT(aside, ::testing::AllOf(HasSubstr(path().string()), HasSubstr(told)));
    engine_->stop(sound, "", "");
    EXPECT_EQ(engine_->wait(sound).status, execution::Status::aborted) << "it went on";
    engine_->stop(damaged, "", "");
    end();
    EXPECT_EQ(store::open_as_reader(path())->find_unchecked(damaged).status,
              execution::Status::aborted);
    start();
  }
}

}  // namespace
}  // namespace orch::engine
