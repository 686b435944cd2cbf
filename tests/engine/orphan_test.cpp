// Runs whose reason is gone: children of a map run that is over, nested runs that nobody waits for.
#include <span>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

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

  /// Of the latest task of a run.
  std::int64_t ticket_of(const std::string& run_id) {
    std::int64_t ticket = 0;
    store::open_as_reader(path())->history(id_of(run_id), 0, [&](const execution::Event& event) {
      if (execution::task_stage(event.type) == execution::TaskStage::scheduled) ticket = event.id;
    });
    return ticket;
  }

  store::ExecutionId id_of(const std::string& run_id) {
    return store::open_as_reader(path())->find(run_id).id;
  }

  std::string start_nested(const std::string& starter) {
    auto nested = submission(sleep("A"));
    nested.starter = Starter{starter, ticket_of(starter), true};
    return engine_->submit(nested).run_id;
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

TEST_F(OrphanTest, ANestedRunIsStoppedByTheNextProcess) {
  const auto starter = engine_->submit(submission(activity_state("A"))).run_id;
  const auto nested = start_nested(starter);
  end_at_the_commit_of(starter);
  start();
  EXPECT_EQ(engine_->wait(nested).status, execution::Status::aborted);
}

TEST_F(OrphanTest, ANestedRunThatIsWaitedForGoesOn) {
  const auto starter = engine_->submit(submission(activity_state("A"))).run_id;
  const auto nested = start_nested(starter);
  end();
  start();
  EXPECT_EQ(start_nested(starter), nested) << "a task starts one run, however often it is done";
  engine_->stop(starter, "", "");
  EXPECT_EQ(engine_->wait(nested).status, execution::Status::aborted);
}

TEST_F(OrphanTest, AClosedTaskStartsNothing) {
  const auto starter = engine_->submit(submission(activity_state("A"))).run_id;
  engine_->stop(starter, "", "");
  EXPECT_EQ(code_of([&] { start_nested(starter); }), "ORCH-0214");
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
  engine_->report(first.token, {TokenReport::Kind::success, first.input, {}, {}});
  engine_->stop(parent, "", "");
  engine_->redrive(parent, {});
  for (int left = 2; left > 0; --left) {
    const auto task = take();
    engine_->report(task.token, {TokenReport::Kind::success, task.input, {}, {}});
  }
  EXPECT_EQ(engine_->wait(parent).output, "[1,2,3]");
}

}  // namespace
}  // namespace orch::engine
