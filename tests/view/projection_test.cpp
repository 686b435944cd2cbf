#include "orchestrator/view/projection.h"

#include <gtest/gtest.h>

namespace orch::view {
namespace {

using execution::Event;
using execution::EventType;

/// Writes a history by hand: every event a tenth of a second after the one before.
class History {
 public:
  Event& add(EventType type, const std::string& name = {}, execution::Thread thread = {}) {
    event_ = Event{};
    event_.id = ++id_;
    event_.at = Instant{Millis{id_ * 100}};
    event_.type = type;
    event_.name = name;
    event_.thread = thread;
    return event_;
  }
  void commit() { projection.add(event_); }
  void tell(EventType type, const std::string& name = {}, execution::Thread thread = {}) {
    add(type, name, thread);
    commit();
  }
  void schedule(const std::string& state, const std::string& resource, std::int64_t attempt,
                execution::Thread thread = {}) {
    auto& event = add(EventType::task_scheduled, state, thread);
    event.resource = resource;
    event.number = attempt;
    event.payload = json::Payload::of_text(R"({"table":{"key":"treaty"}})");
    commit();
  }
  void fail(const std::string& error, const std::string& cause, execution::Thread thread = {}) {
    auto& event = add(EventType::task_failed, "", thread);
    event.error = error;
    event.cause = cause;
    commit();
  }

  Projection projection;

 private:
  Event event_;
  std::int64_t id_ = 0;
};

TEST(Projection, NamesTheCatalogEntriesThatAResumeFoundChanged) {
  History history;
  history.tell(EventType::execution_started);
  history.tell(EventType::task_state_entered, "Stage");
  history.schedule("Stage", "orch:stage", 0);
  auto& done = history.add(EventType::task_succeeded, "Stage");
  done.payload = json::Payload::of_text(R"({"rows":3,"entry":"changed"})");
  history.commit();
  const auto overview = history.projection.overview();
  ASSERT_EQ(overview.tables.size(), 1u);
  EXPECT_TRUE(overview.tables[0].entry_changed());
}

TEST(Projection, TasksOfActivitiesAreSteps) {
  History history;
  history.tell(EventType::execution_started);
  history.tell(EventType::task_state_entered, "Stage");
  auto& scheduled = history.add(EventType::activity_scheduled, "Stage");
  scheduled.resource = "arn:aws:states:us-east-1:123456789012:activity:stage";
  scheduled.payload = json::Payload::of_text(R"({"table":{"key":"treaty"},"orch":{"run":"r"}})");
  history.commit();
  history.tell(EventType::activity_started, "Stage");
  const auto& table = history.projection.overview().tables.at(0);
  EXPECT_EQ(table.key, "treaty");
  EXPECT_EQ(table.outcome, Outcome::running);
  auto& late = history.add(EventType::activity_timed_out);
  late.error = "States.HeartbeatTimeout";
  history.commit();
  EXPECT_EQ(table.outcome, Outcome::failed);
  ASSERT_NE(table.failure(), nullptr);
  EXPECT_EQ(table.failure()->error, "States.HeartbeatTimeout");
}

TEST(Projection, RetriesAreAttemptsOfOneStep) {
  History history;
  history.tell(EventType::execution_started);
  history.tell(EventType::task_state_entered, "Stage");
  history.schedule("Stage", "orch:stage", 0);
  history.fail("Source.Locked", R"({"message":"locked","hint":"wait","code":"ORCH-0401"})");
  history.add(EventType::retry_scheduled).due = Instant{Millis{2'000}};
  history.commit();
  const auto& table = history.projection.overview().tables.at(0);
  EXPECT_EQ(table.outcome, Outcome::retrying);
  ASSERT_NE(table.failure(), nullptr);
  EXPECT_EQ(table.failure()->hint, "wait");
  EXPECT_EQ(history.projection.overview().states.at(0).outcome(), Outcome::retrying);

  history.schedule("Stage", "orch:stage", 1);
  history.add(EventType::task_succeeded).payload =
      json::Payload::of_text(R"({"rows":500,"rows_per_second":1000})");
  history.commit();
  EXPECT_EQ(table.attempts(), 2);
  EXPECT_EQ(table.rows(), 500);
  EXPECT_EQ(table.rows_per_second(), 1'000.0);
  EXPECT_EQ(table.failure(), nullptr);
  EXPECT_EQ(table.outcome, Outcome::succeeded);
}

TEST(Projection, ATableWhoseFailureWasCaughtHasFailed) {
  History history;
  const execution::Thread iteration{2, 0};
  history.tell(EventType::execution_started);
  history.tell(EventType::map_state_entered, "Each");
  history.add(EventType::map_state_started).number = 1;
  history.commit();
  history.tell(EventType::map_iteration_started, "Each", iteration);
  history.tell(EventType::task_state_entered, "Stage", iteration);
  history.schedule("Stage", "orch:stage", 0, iteration);
  history.fail("Source.TableMissing", "no table", iteration);
  history.tell(EventType::task_state_exited, "Stage", iteration);
  history.tell(EventType::map_iteration_succeeded, "Each", iteration);
  const auto& overview = history.projection.overview();
  EXPECT_EQ(overview.tables.at(0).outcome, Outcome::failed);
  EXPECT_EQ(overview.tables.at(0).failure()->message, "no table");
  EXPECT_EQ(overview.states.at(1).outcome(), Outcome::caught);
  EXPECT_EQ(overview.states.at(1).depth, 1);
  EXPECT_EQ(overview.states.at(0).running, 1);
}

TEST(Projection, ARedriveTakesUpWhatTheStopLeft) {
  History history;
  history.tell(EventType::execution_started);
  history.tell(EventType::task_state_entered, "Copy");
  history.schedule("Copy", "orch:stage", 0);
  history.tell(EventType::execution_aborted);
  const auto& line = history.projection.overview().states.at(0);
  EXPECT_EQ(line.outcome(), Outcome::aborted);
  EXPECT_EQ(history.projection.overview().tables.at(0).outcome, Outcome::aborted);
  history.tell(EventType::execution_redriven);
  history.schedule("Copy", "orch:stage", 0);
  EXPECT_EQ(line.outcome(), Outcome::running);
  EXPECT_EQ(line.aborted, 0);
  history.tell(EventType::task_succeeded);
  history.tell(EventType::task_state_exited, "Copy");
  EXPECT_EQ(line.outcome(), Outcome::succeeded);
  EXPECT_EQ(line.running, 0);
}

TEST(Failure, ACauseThatIsNotOursIsTheMessage) {
  EXPECT_EQ(failure_of("E", "{broken").message, "{broken");
  EXPECT_EQ(failure_of("E", R"({"other":1})").message, R"({"other":1})");
  EXPECT_EQ(failure_of("E", R"({"message":"m","key":"k"})").key, "k");
  EXPECT_EQ(failure_of({}, {}).error, "");
}

}  // namespace
}  // namespace orch::view
