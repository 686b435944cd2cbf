// What a run's events say of its visits to states.
#include "orchestrator/view/visits.h"

#include <gtest/gtest.h>

namespace orch::view {
namespace {

using execution::Event;
using execution::EventType;
using execution::Thread;

Instant second(int at) { return Instant{std::chrono::seconds{at}}; }

/// Events one second apart, numbered from 1.
class History {
 public:
  History& add(EventType type, const char* name = "", Thread thread = {}) {
    Event event;
    event.id = ++last_;
    event.at = second(last_);
    event.type = type;
    event.name = name;
    event.thread = thread;
    return add(std::move(event));
  }
  History& fail(EventType type) {
    Event event;
    event.id = ++last_;
    event.at = second(last_);
    event.type = type;
    event.error = "My.Error";
    return add(std::move(event));
  }
  const std::vector<Visit>& visits() const { return visits_.visits(); }

 private:
  History& add(Event event) {
    visits_.add(event);
    return *this;
  }
  int last_ = 0;
  Visits visits_{true};
};

TEST(Visits, ATaskHasItsAttemptsInOneVisit) {
  History history;
  history.add(EventType::execution_started)
      .add(EventType::task_state_entered, "A")
      .add(EventType::task_scheduled)
      .add(EventType::task_started)
      .fail(EventType::task_failed)
      .add(EventType::retry_scheduled);
  ASSERT_EQ(history.visits().size(), 1u);
  EXPECT_EQ(history.visits()[0].outcome, Outcome::retrying);
  history.add(EventType::task_scheduled)
      .add(EventType::task_succeeded)
      .add(EventType::task_state_exited, "A");
  const auto& visit = history.visits()[0];
  EXPECT_EQ(visit.outcome, Outcome::succeeded);
  EXPECT_EQ(visit.type, "Task");
  EXPECT_EQ(visit.entered, second(2));
  EXPECT_EQ(visit.left, second(9));
  ASSERT_EQ(visit.attempts.size(), 2u);
  EXPECT_EQ(visit.attempts[0].outcome, Outcome::failed);
  EXPECT_EQ(visit.attempts[0].failure->error, "My.Error");
  EXPECT_EQ(visit.attempts[0].started, second(4));
  EXPECT_EQ(visit.attempts[1].outcome, Outcome::succeeded);
}

TEST(Visits, AFailureThatIsCaughtIsOneOfAStateThatWasLeft) {
  History history;
  history.add(EventType::task_state_entered, "A")
      .add(EventType::task_scheduled)
      .fail(EventType::task_failed)
      .add(EventType::task_state_exited, "A")
      .add(EventType::fail_state_entered, "B")
      .fail(EventType::execution_failed);
  EXPECT_EQ(history.visits()[0].outcome, Outcome::caught);
  EXPECT_EQ(history.visits()[1].outcome, Outcome::failed);
  EXPECT_EQ(history.visits()[1].left, second(6));
}

TEST(Visits, IterationsSayWhereTheyAre) {
  History history;
  history.add(EventType::map_state_entered, "M")
      .add(EventType::map_state_started)
      .add(EventType::pass_state_entered, "P", {1, 1});
  EXPECT_EQ(history.visits()[1].in, 1);
  EXPECT_EQ(history.visits()[1].index, 1);
  EXPECT_FALSE(history.visits()[0].in);
}

TEST(Visits, AResumeGoesOnInTheVisitThatFailed) {
  History history;
  history.add(EventType::task_state_entered, "A")
      .add(EventType::task_scheduled)
      .fail(EventType::task_failed)
      .fail(EventType::execution_failed);
  EXPECT_EQ(history.visits()[0].left, second(4));
  EXPECT_EQ(history.visits()[0].outcome, Outcome::failed);
  history.add(EventType::execution_redriven).add(EventType::task_scheduled);
  EXPECT_FALSE(history.visits()[0].left);
  EXPECT_EQ(history.visits()[0].outcome, Outcome::running);
  history.add(EventType::execution_aborted);
  EXPECT_EQ(history.visits()[0].outcome, Outcome::aborted);
  EXPECT_EQ(history.visits()[0].attempts.back().outcome, Outcome::aborted);
}

}  // namespace
}  // namespace orch::view
