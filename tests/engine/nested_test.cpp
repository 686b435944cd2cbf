// Executions that tasks start: with the task's own commit, ended by what is committed.
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"
#include "tests/engine/known_machines.h"

namespace orch::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* activity = "arn:aws:states:us-east-1:123456789012:activity:a";

std::string machine(const std::string& state) {
  return fmt::format(R"({{"StartAt":"A","States":{{"A":{}}}}})", state);
}

/// A state that starts the machine, with `more` members of its own.
std::string start_of(const std::string& suffix, const std::string& parameters,
                     const std::string& more = "") {
  return fmt::format(
      R"({{"Type":"Task","Resource":"arn:aws:states:::states:startExecution{}","Parameters":{},)"
      R"({}"End":true}})",
      suffix, parameters, more);
}

class NestedTest : public EngineTest {
 protected:
  NestedTest() {
    const auto outside = fmt::format(R"({{"Type":"Task","Resource":"{}","End":true}})", activity);
    nested_ = std::make_shared<KnownMachines>(std::map<std::string, std::string>{
        {"quick", machine(R"({"Type":"Pass","End":true})")},
        {"broken", machine(R"({"Type":"Fail","Error":"Own","Cause":"said"})")},
        {"asleep", machine(R"({"Type":"Wait","Seconds":600,"End":true})")},
        {"outside", machine(outside)},
        {"itself", machine(start_of(".sync", R"({"StateMachineArn":"itself"})"))},
        {"no definition", "{}"}});
    end();
    start();
  }

  store::ExecutionRow run_state(const std::string& state) {
    return run(fmt::format(R"("A":{})", state));
  }
  std::string submit_state(const std::string& state, const std::string& input = "{}") {
    return engine_->submit(submission(fmt::format(R"("A":{})", state), input)).run_id;
  }

  std::vector<store::ExecutionRow> started(const std::string& machine) {
    store::ListFilter filter;
    filter.workflow = machine;
    filter.limit = -1;
    return store::open_as_reader(path())->list(filter);
  }
  store::ExecutionRow wait_for_one(const std::string& machine) {
    while (started(machine).empty()) std::this_thread::yield();
    return started(machine).front();
  }
  ActivityTask take() {
    while (true) {
      if (auto task = engine_->take_activity_task(activity, "w")) return *task;
      std::this_thread::yield();
    }
  }
  void complete(const ActivityTask& task) {
    engine_->report(task.token, {TokenReport::Kind::success, R"("done")", {}, {}})->get();
  }
};

struct Way {
  const char* suffix;
  const char* machine;
  const char* output;  ///< of the run that starts it: a part
  std::vector<std::string> events;
};

TEST_F(NestedTest, GivesTheServicesEvents) {
  const std::vector<std::string> told = {"TaskStateEntered", "TaskScheduled", "TaskStarted"};
  const Way table[] = {
      {"", "quick", "ExecutionArn", {"TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
      {"", "broken", "ExecutionArn", {"TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
      {".sync",
       "quick",
       R"("Output":"{\"a\":[1]}")",
       {"TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
      {".sync:2",
       "quick",
       R"("Output":{"a":[1]})",
       {"TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
      {".sync", "broken", "", {"TaskSubmitted", "TaskFailed", "ExecutionFailed"}},
      {".sync", "unknown", "", {"TaskFailed", "ExecutionFailed"}},
      {"", "unknown", "", {"TaskFailed", "ExecutionFailed"}},
      {".sync", "no definition", "", {"TaskFailed", "ExecutionFailed"}}};
  for (const auto& [suffix, machine, output, events] : table) {
    SCOPED_TRACE(fmt::format("{} of {}", suffix, machine));
    const auto row = run_state(start_of(
        suffix, fmt::format(R"({{"StateMachineArn":"{}","Input":{{"a":[1]}}}})", machine)));
    auto expected = told;
    expected.insert(expected.begin(), "ExecutionStarted");
    expected.insert(expected.end(), events.begin(), events.end());
    EXPECT_EQ(types(row), expected);
    EXPECT_THAT(row.output.value_or(""), HasSubstr(output));
  }
}

TEST_F(NestedTest, AFailureSaysWhatTheExecutionSaid) {
  const auto row = run_state(start_of(".sync", R"({"StateMachineArn":"broken"})"));
  EXPECT_EQ(row.error, "States.TaskFailed");
  EXPECT_THAT(*row.cause, HasSubstr(R"("Cause":"said")"));
  EXPECT_THAT(*row.cause, HasSubstr(R"("Error":"Own")"));
}

TEST_F(NestedTest, ABindingComesFirst) {
  registry_.bind("arn:aws:states:::states:startExecution.sync:2",
                 std::make_unique<FunctionWorker>(
                     [](const auto&, auto&) -> boost::json::value { return "bound"; }));
  EXPECT_EQ(run_state(start_of(".sync:2", R"({"StateMachineArn":"quick"})")).output, R"("bound")");
  EXPECT_TRUE(started("quick").empty());
}

TEST_F(NestedTest, TheExecutionEndsWithItsTask) {
  const auto stopped = submit_state(start_of(".sync", R"({"StateMachineArn":"asleep"})"));
  const auto child = wait_for_one("asleep");
  engine_->stop(stopped, "", "");
  EXPECT_EQ(engine_->wait(child.made.run_id).status, execution::Status::aborted);

  const auto late =
      run_state(start_of(".sync", R"({"StateMachineArn":"asleep"})", R"("TimeoutSeconds":1,)"));
  EXPECT_EQ(late.error, "States.Timeout");
  for (const auto& each : started("asleep"))
    EXPECT_EQ(engine_->wait(each.made.run_id).status, execution::Status::aborted);
}

TEST_F(NestedTest, OneThatNoTaskWaitsForGoesOn) {
  const auto starter = submit_state(start_of("", R"({"StateMachineArn":"outside"})"));
  EXPECT_EQ(engine_->wait(starter).status, execution::Status::succeeded);
  complete(take());
  EXPECT_EQ(engine_->wait(wait_for_one("outside").made.run_id).status,
            execution::Status::succeeded);
}

TEST_F(NestedTest, GoesOnAfterARestart) {
  const auto parent = submit_state(start_of(".sync:2", R"({"StateMachineArn":"outside"})"));
  const auto task = take();
  end();
  start();
  complete(task);
  EXPECT_EQ(engine_->wait(parent).status, execution::Status::succeeded);
  EXPECT_EQ(started("outside").size(), 1u);
}

// As StartExecution answers it; the task then ends with the execution that it did not start.
TEST_F(NestedTest, ARunningExecutionOfTheSameNameIsWaitedFor) {
  const auto state = start_of(".sync:2", R"({"StateMachineArn":"outside","Name":"one"})");
  const auto first = submit_state(state);
  const auto task = take();
  const auto second = submit_state(state);
  const auto third = submit_state(state);
  const auto submitted = [&](const std::string& run) {
    const auto row = store::open_as_reader(path())->find(run);
    return types(row).back() == "TaskSubmitted";
  };
  while (!submitted(second) || !submitted(third)) std::this_thread::yield();
  engine_->stop(third, "", "");
  end();
  start();
  complete(task);
  for (const auto& run : {first, second})
    EXPECT_THAT(engine_->wait(run).output.value_or(""), HasSubstr(R"("Output":"done")"));
  EXPECT_EQ(started("outside").size(), 1u);
}

TEST_F(NestedTest, AMachineThatStartsItselfEnds) {
  const auto row = run_state(start_of(".sync", R"({"StateMachineArn":"itself"})"));
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_LT(row.cause->size(), 64u << 10U) << "each level would escape the causes below it again";
  const auto all = started("itself");
  EXPECT_EQ(all.size(), 99u) << "with the first one a hundred";
  EXPECT_EQ(all.front().error, "States.Runtime");
  EXPECT_THAT(*all.front().cause, HasSubstr("100 executions wait for one another already"));
}

std::size_t threads() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "Threads:") {
      std::size_t count = 0;
      status >> count;
      return count;
    }
  return 0;
}

TEST_F(NestedTest, AThousandNeedNoThreads) {
  std::string items = "[0";
  for (int item = 1; item < 1'000; ++item) items += fmt::format(",{}", item);
  const auto submit_map_of = [&](const char* machine) {
    const auto each =
        start_of(".sync:2", fmt::format(R"({{"StateMachineArn":"{}","Input.$":"$"}})", machine));
    return submit_state(fmt::format(R"({{"Type":"Map","End":true,"ItemProcessor":)"
                                    R"({{"StartAt":"Each","States":{{"Each":{}}}}}}})",
                                    each),
                        items + "]");
  };
  EXPECT_EQ(engine_->wait(submit_map_of("quick")).status, execution::Status::succeeded);
  EXPECT_EQ(started("quick").size(), 1'000u);
  const auto before = threads();
  const auto parent = submit_map_of("asleep");
  while (started("asleep").size() < 1'000) std::this_thread::yield();
  EXPECT_LE(threads(), before + 4) << "all are under way";
  engine_->stop(parent, "", "");
  for (const auto& child : started("asleep"))
    EXPECT_EQ(engine_->wait(child.made.run_id).status, execution::Status::aborted);
}

// What a run is told while it is decided elsewhere is not committed in that turn, and what it
// starts would be.
TEST_F(NestedTest, WaitsForALongDecisionOfItsRun) {
  const auto row =
      run(R"("A":{"Type":"Parallel","End":true,"Branches":[)"
          R"({"StartAt":"B","States":{"B":)" +
          start_of(".sync:2", R"({"StateMachineArn":"quick"})") +
          R"(}},{"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":0,"Next":"D"},)"
          R"("D":{"Type":"Pass","QueryLanguage":"JSONata","End":true,"Output":)"
          R"("{% ($f := function($n) { $n = 0 ? 1 : $f($n - 1) }; $f(60000)) %}"}}}]})");
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(started("quick").size(), 1u);
}

}  // namespace
}  // namespace orch::engine
