#include "orchestrator/engine/fair_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace orch::engine {
namespace {

class FairQueueTest : public ::testing::Test {
 protected:
  void add(int run, const std::string& state, const std::string& group = "",
           std::int64_t priority = 0) {
    auto delivery = std::make_shared<Delivery>();
    delivery->group = group;
    delivery->priority = priority;
    delivery->run = store::ExecutionId{run};
    delivery->task.state = state;
    queue_.add(std::move(delivery));
  }
  /// The states of what is taken until nothing is ready.
  std::string taken() {
    std::string states;
    while (queue_.ready()) {
      at_work_.push_back(queue_.take());
      states += at_work_.back()->task.state;
    }
    return states;
  }
  void finish(const std::string& state) {
    for (const auto& delivery : at_work_)
      if (delivery->task.state == state) queue_.done(*delivery);
    std::erase_if(at_work_, [&](const auto& each) { return each->task.state == state; });
  }

  FairQueue queue_{2};
  std::vector<std::shared_ptr<Delivery>> at_work_;
};

TEST_F(FairQueueTest, ARunWithManyTasksDoesNotKeepOthersWaiting) {
  for (const auto* state : {"a", "b", "c", "d"}) add(1, state);
  add(2, "x");
  add(2, "y");
  EXPECT_EQ(taken(), "axby") << "two of each, in turns, the older run first";
  finish("b");
  EXPECT_EQ(taken(), "c");
}

TEST_F(FairQueueTest, OneRunNeverHasMoreThanItsShare) {
  for (const auto* state : {"a", "b", "c"}) add(1, state);
  EXPECT_EQ(taken(), "ab");
  EXPECT_EQ(taken(), "");
  finish("a");
  finish("b");
  EXPECT_EQ(taken(), "c");
}

TEST_F(FairQueueTest, APipelineWithManyRunsDoesNotKeepOthersWaiting) {
  for (const int run : {1, 2, 3, 4}) add(run, std::string(1, static_cast<char>('a' + run)), "many");
  add(5, "x", "few");
  add(5, "y", "few");
  EXPECT_EQ(taken(), "bxcyde") << "in turns while both have some, then the rest";
}

TEST_F(FairQueueTest, TheHigherPriorityIsFirst) {
  add(1, "a", "plain");
  add(2, "b", "plain");
  add(3, "x", "urgent", 5);
  add(4, "z", "lazy", -1);
  add(5, "y", "urgent", 5);
  EXPECT_EQ(taken(), "xyabz");
}

TEST_F(FairQueueTest, ARunAtItsShareKeepsNoOtherFromThePipelinesTurn) {
  for (const auto* state : {"a", "b", "c"}) add(1, state, "urgent", 5);
  add(2, "x", "plain");
  EXPECT_EQ(taken(), "abx");
  finish("a");
  EXPECT_EQ(taken(), "c");
}

TEST_F(FairQueueTest, WhatIsClearedIsNotReady) {
  add(1, "a");
  add(1, "b");
  at_work_.push_back(queue_.take());
  queue_.clear();
  EXPECT_FALSE(queue_.ready());
  finish("a");
  add(1, "c");
  EXPECT_EQ(taken(), "c");
}

}  // namespace
}  // namespace orch::engine
