// What is open in a run, from its events.
#include "orchestrator/monitor/watched_run.h"

#include <gtest/gtest.h>

#include "orchestrator/telemetry/trace_context.h"

namespace orch::monitor {
namespace {

using execution::Event;
using execution::EventType;

Event event(execution::EventId id, EventType type, execution::Thread thread,
            std::string name = {}) {
  Event made;
  made.id = id;
  made.type = type;
  made.thread = thread;
  made.name = std::move(name);
  made.at = Instant{Millis{id * 1'000}};
  return made;
}

void feed(WatchedRun& run, const Event& each) {
  run.open(each);
  run.close(each);
}

TEST(WatchedRun, HasWhatIsOpen) {
  WatchedRun run{store::ExecutionRow{}};
  const execution::Thread root{}, branch{2, 0}, inner{3, 1};
  feed(run, event(1, EventType::execution_started, root));
  feed(run, event(2, EventType::parallel_state_entered, root, "P"));
  feed(run, event(3, EventType::map_state_entered, branch, "M"));
  feed(run, event(4, EventType::task_state_entered, inner, "T"));
  feed(run, event(5, EventType::task_scheduled, inner, "T"));
  ASSERT_EQ(run.states.size(), 3u);
  ASSERT_TRUE(run.states.at(inner).task);
  EXPECT_FALSE(run.states.at(inner).task->started);
  feed(run, event(6, EventType::task_started, inner));
  EXPECT_EQ(run.states.at(inner).task->started, Instant{Millis{6'000}});
  run.reported[execution::Ticket{5}][{"t", "staging"}] = {1, 2};
  feed(run, event(7, EventType::task_failed, inner));
  EXPECT_FALSE(run.states.at(inner).task);
  EXPECT_TRUE(run.reported.empty());
  // The failure is caught outside: what was within is left with it.
  feed(run, event(8, EventType::parallel_state_exited, root, "P"));
  EXPECT_TRUE(run.states.empty());
}

TEST(TraceContext, IsTheSameForTheSameTask) {
  const auto parent = telemetry::traceparent("01m8", 7);
  EXPECT_EQ(parent,
            "00-" + telemetry::trace_id("01m8") + "-" + telemetry::span_id("01m8", 7) + "-01");
  EXPECT_EQ(parent.size(), 55u);
  EXPECT_NE(telemetry::span_id("01m8", 7), telemetry::span_id("01m8", 0));
  EXPECT_NE(telemetry::trace_id("01m8"), telemetry::trace_id("01m9"));
}

}  // namespace
}  // namespace orch::monitor
