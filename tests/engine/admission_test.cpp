// Tasks that wait for slots, holds, windows and connections, in an engine on a real store.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/store/limits.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/needing.h"

namespace orch::engine {
namespace {

using execution::Status;
using store::HoldMode;

constexpr const char* task_of_core =
    R"("A":{"Type":"Task","Resource":"orch:work","Parameters":{"connection":"core"},"End":true})";
constexpr const char* two_tasks =
    R"("A":{"Type":"Task","Resource":"orch:work","Next":"B"},
       "B":{"Type":"Task","Resource":"orch:work","End":true})";

class AdmissionTest : public EngineTest {
 protected:
  AdmissionTest() {
    needing_ = TestNeeding::of(registry_);
    add("orch:work", [this](const auto& task, auto& context) { return work(task, context); });
  }

  boost::json::value work(const workers::Task& task, workers::TaskContext& context) {
    most_at_work_ = std::max(most_at_work_.load(), ++at_work_);
    ++begun_;
    while (closed_ && !context.stop_requested()) std::this_thread::yield();
    --at_work_;
    if (context.stop_requested()) throw workers::Cancelled();
    if (down_)
      throw workers::TaskFailed("Connection.Down", "nothing answers", "", "",
                                {{"connection", "core"}});
    return task.input;
  }

  static workers::Need at_once(std::int64_t count) {
    workers::Need need;
    need.at_once = count;
    return need;
  }

  std::string submit(const std::string& states) {
    return engine_->submit(submission(states)).run_id;
  }
  Status status_of(const std::string& run) { return engine_->wait(run).status; }

  /// Until `holds`, for 60 s at most.
  template <class Condition>
  void eventually(const Condition& holds) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up);
      std::this_thread::sleep_for(Millis{2});
    }
  }
  void wait_for_begun(int count) {
    eventually([&] { return begun_ >= count; });
  }
  std::vector<store::SlotRow> slots() { return store::open_as_reader(path())->limits().slots(); }
  std::vector<std::string> waiting() {
    std::vector<std::string> labels;
    for (const auto& row : slots())
      if (!row.held) labels.push_back(row.label);
    return labels;
  }
  /// For what they wait when so many do.
  std::vector<std::string> wait_for_waiting(std::size_t count) {
    std::vector<std::string> labels;
    eventually([&] {
      labels = waiting();
      return labels.size() == count;
    });
    labels.resize(count);
    return labels;
  }
  store::HoldRow held(const std::string& subject, HoldMode mode = HoldMode::drain) {
    return {subject, mode, wall_now(), std::nullopt, "index build", "ada"};
  }

  TestNeeding* needing_ = nullptr;
  std::atomic<bool> closed_ = false;  ///< tasks at work stay there
  std::atomic<bool> down_ = false;    ///< tasks fail
  std::atomic<int> at_work_ = 0, most_at_work_ = 0, begun_ = 0;
};

TEST_F(AdmissionTest, NoMoreTasksThanSlotsAreAtWork) {
  needing_->set(at_once(2));
  std::vector<std::string> runs;
  for (int i = 0; i < 12; ++i) runs.push_back(submit(task_of_core));
  for (const auto& run : runs) EXPECT_EQ(status_of(run), Status::succeeded);
  EXPECT_LE(most_at_work_, 2);
  eventually([&] { return slots().empty(); });
}

TEST_F(AdmissionTest, WhoHoldsAndWhoWaitsIsShown) {
  needing_->set(at_once(1));
  closed_ = true;
  const auto first = submit(task_of_core);
  wait_for_begun(1);
  const auto second = submit(task_of_core);
  wait_for_waiting(1);
  const auto rows = slots();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[0].held);
  EXPECT_FALSE(rows[1].held);
  for (const auto& row : rows) {
    EXPECT_EQ(row.slot, "connection core");
    EXPECT_EQ(row.label, "connection core");
    EXPECT_EQ(row.at_once, 1);
  }
  closed_ = false;
  EXPECT_EQ(status_of(first), Status::succeeded);
  EXPECT_EQ(status_of(second), Status::succeeded);
}

TEST_F(AdmissionTest, ASlotIsFreeWhenItsRunIsStopped) {
  needing_->set(at_once(1));
  closed_ = true;
  const auto first = submit(task_of_core);
  wait_for_begun(1);
  const auto second = submit(task_of_core);
  wait_for_waiting(1);
  engine_->stop(first, "", "");
  wait_for_begun(2);
  closed_ = false;
  EXPECT_EQ(status_of(second), Status::succeeded);
  EXPECT_LE(most_at_work_, 1);
}

TEST_F(AdmissionTest, AWaitingRunThatIsStoppedLeavesNothing) {
  needing_->set(at_once(1));
  closed_ = true;
  const auto first = submit(task_of_core);
  wait_for_begun(1);
  const auto second = submit(task_of_core);
  wait_for_waiting(1);
  engine_->stop(second, "", "");
  wait_for_waiting(0);
  closed_ = false;
  EXPECT_EQ(status_of(first), Status::succeeded);
  EXPECT_EQ(begun_, 1);
}

TEST_F(AdmissionTest, TasksWaitForAHeldConnection) {
  engine_->hold(held("connection core"));
  const auto run = submit(task_of_core);
  EXPECT_EQ(wait_for_waiting(1)[0], "connection core, held by ada: index build");
  EXPECT_EQ(this->run(R"("A":{"Type":"Task","Resource":"orch:noop","End":true})").status,
            Status::succeeded)
      << "what does not need it goes on";
  EXPECT_EQ(begun_, 0);
  EXPECT_TRUE(engine_->release("connection core"));
  EXPECT_EQ(status_of(run), Status::succeeded);
  EXPECT_FALSE(engine_->release("connection core")) << "nothing is held";
}

TEST_F(AdmissionTest, AHoldOutlivesARestart) {
  engine_->hold(held("connection core"));
  const auto run = submit(task_of_core);
  wait_for_waiting(1);
  end();
  start();
  wait_for_waiting(1);
  EXPECT_EQ(begun_, 0);
  engine_->release("connection core");
  EXPECT_EQ(status_of(run), Status::succeeded);
}

TEST_F(AdmissionTest, AHoldEndsByItself) {
  auto hold = held("server");
  hold.until = wall_now() + Millis{200};
  engine_->hold(hold);
  EXPECT_EQ(status_of(submit(two_tasks)), Status::succeeded);
  EXPECT_TRUE(store::open_as_reader(path())->limits().holds().empty());
}

TEST_F(AdmissionTest, DrainingLetsTasksAtWorkEnd) {
  closed_ = true;
  const auto run = submit(two_tasks);
  wait_for_begun(1);
  engine_->hold(held("run " + run));
  closed_ = false;
  wait_for_waiting(1);  // the second task
  EXPECT_EQ(begun_, 1);
  engine_->release("run " + run);
  EXPECT_EQ(status_of(run), Status::succeeded);
}

TEST_F(AdmissionTest, PausingStopsTasksAtWork) {
  closed_ = true;
  const auto run = submit(two_tasks);
  wait_for_begun(1);
  engine_->hold(held("server", HoldMode::pause));
  wait_for_waiting(1);
  eventually([&] { return at_work_ == 0; });
  closed_ = false;
  engine_->release("server");
  EXPECT_EQ(status_of(run), Status::succeeded);
  EXPECT_EQ(begun_, 3) << "the first one was done again";
}

TEST_F(AdmissionTest, PausingAConnectionStopsTheTasksThatUseIt) {
  closed_ = true;
  const auto run = submit(task_of_core);
  const auto other = submit(two_tasks);
  wait_for_begun(2);
  engine_->hold(held("connection core", HoldMode::pause));
  wait_for_waiting(1);
  EXPECT_EQ(at_work_, 1);
  closed_ = false;
  EXPECT_EQ(status_of(other), Status::succeeded);
  engine_->release("connection core");
  EXPECT_EQ(status_of(run), Status::succeeded);
}

TEST_F(AdmissionTest, FinishingLetsRunsThatHaveBegunEnd) {
  closed_ = true;
  const auto older = submit(two_tasks);
  wait_for_begun(1);
  std::this_thread::sleep_for(Millis{2});  // the hold begins in a later millisecond
  engine_->hold(held("server", HoldMode::finish));
  const auto newer = submit(two_tasks);
  wait_for_waiting(1);
  closed_ = false;
  EXPECT_EQ(status_of(older), Status::succeeded);
  EXPECT_EQ(begun_, 2);
  engine_->release("server");
  EXPECT_EQ(status_of(newer), Status::succeeded);
}

TEST_F(AdmissionTest, AtMostSoManyRunsAreUnderWay) {
  end();
  limits_.runs = 1;
  start();
  closed_ = true;
  const auto first = submit(two_tasks);
  wait_for_begun(1);
  const auto second = submit(two_tasks);
  wait_for_waiting(2);  // the run and its task
  closed_ = false;
  EXPECT_EQ(status_of(first), Status::succeeded);
  EXPECT_EQ(status_of(second), Status::succeeded);
  EXPECT_EQ(most_at_work_, 1);
  eventually([&] { return slots().empty(); });
}

TEST_F(AdmissionTest, ATagLimitsTasksOfAllRuns) {
  end();
  limits_.tags["orch:work"] = 2;
  start();
  std::vector<std::string> runs;
  for (int i = 0; i < 8; ++i) runs.push_back(submit(two_tasks));
  for (const auto& run : runs) EXPECT_EQ(status_of(run), Status::succeeded);
  EXPECT_LE(most_at_work_, 2);
}

TEST_F(AdmissionTest, NothingBeginsInAWindow) {
  workers::Need window;
  window.closed_until = wall_now() + std::chrono::hours(1);
  window.closed_why = "backup";
  needing_->set(window);
  submit(task_of_core);
  const auto label = wait_for_waiting(1)[0];
  EXPECT_THAT(label, ::testing::StartsWith("connection core, in maintenance until "));
  EXPECT_THAT(label, ::testing::EndsWith(": backup"));
  EXPECT_EQ(begun_, 0);
}

TEST_F(AdmissionTest, TasksGoOnWhenTheWindowIsOver) {
  workers::Need window;
  window.closed_until = wall_now() + Millis{100};
  needing_->set(window);
  EXPECT_EQ(status_of(submit(task_of_core)), Status::succeeded);
  EXPECT_GE(wall_now(), *window.closed_until);
}

TEST_F(AdmissionTest, TasksWaitForAConnectionUntilItAnswers) {
  end();
  limits_.outage_interval = Millis{50};
  start();
  workers::Need patient;
  patient.patience = std::chrono::hours(1);
  needing_->set(patient);
  down_ = true;
  const auto first = submit(task_of_core);
  const auto second = submit(task_of_core);
  EXPECT_THAT(wait_for_waiting(2)[0],
              ::testing::StartsWith("connection core, which has not answered since "));
  down_ = false;
  needing_->answers_ = true;
  EXPECT_EQ(status_of(first), Status::succeeded);
  EXPECT_EQ(status_of(second), Status::succeeded);
  const auto history = store::open_as_reader(path())->limits().outages("core", -1);
  ASSERT_EQ(history.size(), 1U);
  EXPECT_TRUE(history.front().until);
}

TEST_F(AdmissionTest, AnOutageLongerThanThePatienceFailsTheTask) {
  workers::Need patient;
  patient.patience = Millis{200};
  needing_->set(patient);
  down_ = true;
  const auto row = engine_->wait(submit(task_of_core));
  EXPECT_EQ(row.status, Status::failed);
  EXPECT_EQ(row.error, "Connection.Down");
}

TEST_F(AdmissionTest, AnOutageIsKnownWhereTasksDoNotWaitForIt) {
  down_ = true;
  EXPECT_EQ(engine_->wait(submit(task_of_core)).error, "Connection.Down");
  down_ = false;
  needing_->answers_ = true;
  EXPECT_EQ(status_of(submit(task_of_core)), Status::succeeded);
  const auto history = store::open_as_reader(path())->limits().outages("", -1);
  ASSERT_EQ(history.size(), 1U);
  EXPECT_TRUE(history.front().until);
}

}  // namespace
}  // namespace orch::engine
