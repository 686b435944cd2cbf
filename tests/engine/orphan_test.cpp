// Runs whose reason is gone: children of a map run that is over, nested runs that no task waits
// for.
#include <span>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"
#include "tests/engine/known_machines.h"

namespace orch::engine {
namespace {

constexpr const char* activity = "arn:aws:states:us-east-1:123456789012:activity:a";

std::string sleep(const char* name) {
  return fmt::format(R"("{}":{{"Type":"Wait","Seconds":600,"End":true}})", name);
}

std::string activity_state(const char* name) {
  return fmt::format(R"("{}":{{"Type":"Task","Resource":"{}","End":true}})", name, activity);
}

/// A distributed Map over the input whose children run the state "B".
std::string distributed(const std::string& state) {
  return fmt::format(R"("A":{{"Type":"Map","End":true,"Label":"each","ItemProcessor":{{)"
                     R"("ProcessorConfig":{{"Mode":"DISTRIBUTED"}},"StartAt":"B",)"
                     R"("States":{{{}}}}}}})",
                     state);
}

class OrphanTest : public EngineTest {
 protected:
  /// Leaves the store as a process does that dies between the commit of the run's end and what
  /// follows from it.
  void end_at_the_commit_of(const std::string& run_id) {
    end();
    const auto store = store::open_as_owner(path(), "test");
    auto row = store->find(run_id);
    execution::Event aborted;
    store->history(row.id, 0, [&](const execution::Event& event) {
      aborted.previous = event.id;
      aborted.at = event.at;
    });
    aborted.id = aborted.previous + 1;
    aborted.type = execution::EventType::execution_aborted;
    row.status = execution::Status::aborted;
    row.ended_at = aborted.at;
    const auto turn = store->begin();
    turn->append(row.id, std::span(&aborted, 1));
    turn->set_outcome(row);
    turn->commit();
  }
};

class ChildrenTest : public OrphanTest {
 protected:
  /// A run whose map run has three children, all asleep.
  std::string submit_sleepers() {
    const auto parent = engine_->submit(submission(distributed(sleep("B")), "[1,2,3]")).run_id;
    while (children().size() < 3) std::this_thread::yield();
    return parent;
  }

  std::vector<store::ExecutionRow> children() {
    store::ListFilter of_the_map;
    of_the_map.children = true;
    of_the_map.workflow = "test/each";
    return store::open_as_reader(path())->list(of_the_map);
  }

  void expect_all_are_stopped() {
    for (const auto& child : children())
      EXPECT_EQ(engine_->wait(child.made.run_id).status, execution::Status::aborted);
  }
};

TEST_F(ChildrenTest, AreStoppedByTheNextProcess) {
  end_at_the_commit_of(submit_sleepers());
  start();
  expect_all_are_stopped();
}

TEST_F(ChildrenTest, AreStoppedWhenTheirParentIsAtOnceAfterARestart) {
  const auto parent = submit_sleepers();
  end();
  start();
  engine_->stop(parent, "", "");
  expect_all_are_stopped();
}

class NestedOrphanTest : public OrphanTest {
 protected:
  NestedOrphanTest() {
    nested_ = std::make_shared<KnownMachines>(std::map<std::string, std::string>{
        {"asleep", fmt::format(R"({{"StartAt":"A","States":{{{}}}}})", sleep("A"))}});
    end();
    start();
  }

  /// A run that waits for another one, and that one.
  std::pair<std::string, std::string> submit_pair() {
    const auto starter =
        engine_
            ->submit(submission(
                R"("A":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync",)"
                R"("Parameters":{"StateMachineArn":"asleep"},"End":true})"))
            .run_id;
    while (nested().empty()) std::this_thread::yield();
    return {starter, nested().front().made.run_id};
  }
  std::vector<store::ExecutionRow> nested() {
    store::ListFilter filter;
    filter.workflow = "asleep";
    return store::open_as_reader(path())->list(filter);
  }
};

TEST_F(NestedOrphanTest, IsStoppedByTheNextProcess) {
  const auto [starter, nested] = submit_pair();
  end_at_the_commit_of(starter);
  start();
  EXPECT_EQ(engine_->wait(nested).status, execution::Status::aborted);
}

TEST_F(NestedOrphanTest, GoesOnWhileItIsWaitedFor) {
  const auto [starter, nested] = submit_pair();
  end();
  start();
  EXPECT_EQ(store::open_as_reader(path())->find(nested).status, execution::Status::running);
  engine_->stop(starter, "", "");
  EXPECT_EQ(engine_->wait(nested).status, execution::Status::aborted);
}

// A worker that calls the service may be done twice, and later than its run.
class CalledTest : public OrphanTest {
 protected:
  std::string start_for(const std::string& starter) {
    auto started = submission(sleep("A"));
    std::int64_t ticket = 0;
    const auto reader = store::open_as_reader(path());
    reader->history(reader->find(starter).id, 0, [&](const execution::Event& event) {
      if (execution::task_stage(event.type) == execution::TaskStage::scheduled) ticket = event.id;
    });
    started.starter = Starter{starter, ticket};
    return engine_->submit(started).run_id;
  }
};

TEST_F(CalledTest, ATaskStartsOneRunHoweverOftenItIsDone) {
  const auto starter = engine_->submit(submission(activity_state("A"))).run_id;
  const auto run = start_for(starter);
  end();
  start();
  EXPECT_EQ(start_for(starter), run);
}

TEST_F(CalledTest, AClosedTaskStartsNothing) {
  const auto starter = engine_->submit(submission(activity_state("A"))).run_id;
  engine_->stop(starter, "", "");
  EXPECT_EQ(code_of([&] { start_for(starter); }), "ORCH-0214");
  EXPECT_EQ(store::open_as_reader(path())->list({}).size(), 1u);
}

// The children are stopped before the redrive looks which of them are to be redriven.
TEST_F(OrphanTest, AStoppedMapRunIsRedrivenAtOnce) {
  const auto parent =
      engine_->submit(submission(distributed(activity_state("B")), "[1,2,3]")).run_id;
  const auto take = [&] {
    std::optional<ActivityTask> task;
    while (!task) {
      task = engine_->take_activity_task(activity, "w");
    }
    return *task;
  };
  const auto first = take();
  engine_->report(first.token, {TokenReport::Kind::success, first.input, {}, {}})->get();
  engine_->stop(parent, "", "");
  engine_->redrive(parent, {});
  for (int left = 2; left > 0; --left) {
    const auto task = take();
    engine_->report(task.token, {TokenReport::Kind::success, task.input, {}, {}})->get();
  }
  EXPECT_EQ(engine_->wait(parent).output, "[1,2,3]");
}

}  // namespace
}  // namespace orch::engine
