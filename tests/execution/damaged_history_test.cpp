// Histories that were damaged in the store: an execution refuses them or goes on, and never reads
// what is not there. Most worth under the address sanitizer.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/json/text.h"
#include "tests/execution/history_file.h"
#include "tests/execution/scenario.h"

namespace orch::test {
namespace {

using execution::Event;
using execution::EventType;

class Damage : public ::testing::TestWithParam<std::string> {
 protected:
  Damage() : recorded_(replayed(GetParam())) {}

  /// Folds the events, and lets the world say something when they could be folded.
  void fold(std::vector<Event> events) {
    execution::EventId id = 0;
    for (auto& event : events) event.id = ++id;
    try {
      auto execution = recorded_.with(events);
      for (const auto& task : execution.open_tasks()) {
        execution.decide(stimulus(execution::TaskBegun{task.ticket}));
        execution.decide(stimulus(execution::TaskDone{task.ticket, json::Payload::of_text("[1]")}));
      }
      for (const auto& timer : execution.open_timers())
        execution.decide(stimulus(execution::TimerDue{timer.timer}));
      execution.decide(stimulus(execution::Continue{}));
      execution.decide(stimulus(execution::Stop{}));
      execution.decide(stimulus(execution::Redrive{}));
      ++folded_;
    } catch (const std::exception&) {
      ++refused_;
    }
  }

  execution::Stimulus stimulus(decltype(execution::Stimulus::what) what) const {
    return {start_instant() + Millis{1'000'000}, 7, std::move(what)};
  }

  Scenario recorded_;
  int folded_ = 0;
  int refused_ = 0;
};

TEST_P(Damage, IsRefusedOrLivedWith) {
  const auto& events = recorded_.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto changed = events;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    fold(changed);
    changed = events;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), events[i]);
    fold(changed);
    fold({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(i)});
    for (const auto number : {std::int64_t{-1}, std::int64_t{1} << 40}) {
      changed = events;
      changed[i].number = changed[i].thread.index = number;
      fold(changed);
    }
    changed = events;
    changed[i].payload.reset();
    changed[i].due.reset();
    changed[i].next.reset();
    fold(changed);
    for (const auto& other : events) {
      changed = events;
      changed[i].type = other.type;
      fold(changed);
      changed = events;
      changed[i].thread = other.thread;
      fold(changed);
    }
  }
  EXPECT_GT(refused_, 0);
}

INSTANTIATE_TEST_SUITE_P(Golden, Damage, ::testing::ValuesIn(golden_names()),
                         [](const auto& golden) { return golden.param; });

}  // namespace
}  // namespace orch::test
