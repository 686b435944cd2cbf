// Stopping a run that no engine works on.
#include "orchestrator/engine/stop_at_rest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

constexpr const char* waiting = R"("A":{"Type":"Wait","Seconds":600,"End":true})";
constexpr const char* map_of_waiting =
    R"("A":{"Type":"Map","Label":"each","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},
       "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}},"End":true})";

class StopAtRest : public EngineTest {
 protected:
  /// Leaves the store to this test alone once `count` executions are under way.
  void rest(std::size_t count) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (running().size() < count && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(Millis{5});
    ASSERT_THAT(running(), SizeIs(count));
    end();
    store_ = store::open_as_owner(path(), "test");
  }

  /// Ids of those that are under way, children among them.
  std::vector<std::string> running() {
    store::ListFilter filter;
    filter.status = execution::Status::running;
    filter.limit = -1;
    filter.children = true;
    std::vector<std::string> ids;
    for (const auto& row : store::open_as_reader(path())->list(filter))
      ids.push_back(row.made.run_id);
    return ids;
  }
};

TEST_F(StopAtRest, EndsTheRunAlone) {
  const auto run = engine_->submit(submission(waiting)).run_id;
  const auto other = engine_->submit(submission(waiting)).run_id;
  rest(2);
  EXPECT_EQ(stop_at_rest(*store_, run, "Enough", "for today"), run);
  EXPECT_THAT(running(), testing::ElementsAre(other));
  const auto row = store_->find(run);
  EXPECT_EQ(row.status, execution::Status::aborted);
  EXPECT_EQ(row.error, "Enough");
  EXPECT_EQ(row.cause, "for today");
  EXPECT_TRUE(row.ended_at);
  EXPECT_THAT(types(row),
              testing::ElementsAre("ExecutionStarted", "WaitStateEntered", "ExecutionAborted"));
  EXPECT_EQ(code_of([&] { stop_at_rest(*store_, run, "", ""); }), "ORCH-0205");
  EXPECT_EQ(code_of([&] { stop_at_rest(*store_, "nobody", "", ""); }), "ORCH-0203");
}

TEST_F(StopAtRest, EndsTheIterationsOfItsMaps) {
  const auto run = engine_->submit(submission(map_of_waiting, "[1,2,3]")).run_id;
  rest(4);
  stop_at_rest(*store_, run, "", "");
  EXPECT_THAT(running(), SizeIs(0));
  store::ListFilter children;
  children.children = true;
  children.workflow = "test/each";
  std::vector<execution::Status> ends;
  for (const auto& row : store_->list(children)) ends.push_back(row.status);
  EXPECT_THAT(ends, SizeIs(3));
  EXPECT_THAT(ends, Each(execution::Status::aborted));
}

TEST_F(StopAtRest, WhatItStoppedIsRedriven) {
  const auto run = engine_->submit(submission(waiting)).run_id;
  rest(1);
  stop_at_rest(*store_, run, "", "");
  store_.reset();
  start();
  EXPECT_EQ(engine_->redrive(run, {}), run);
  EXPECT_EQ(store_->find(run).status, execution::Status::running);
}

}  // namespace
}  // namespace orch::engine
