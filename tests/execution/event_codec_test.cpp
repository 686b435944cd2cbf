#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/execution/event.h"
#include "orchestrator/json/text.h"
#include "tests/execution/scenario.h"

namespace orch::execution {
namespace {

Event full_event() {
  Event event;
  event.id = 7;
  event.previous = 6;
  event.at = test::start_instant() + Millis{1};
  event.type = EventType::task_scheduled;
  event.thread = {3, 12};
  event.name = "Copy \"ü\"";
  event.payload = json::Payload::of_text("{ \"a\" : 1.0 }");
  event.resource = "orch:stage";
  event.error = "";
  event.cause = "line\nbreak";
  event.number = -2;
  event.timeout_seconds = 60;
  event.heartbeat_seconds = 0;
  event.max_concurrency = 5;
  event.due = test::start_instant() + Millis{99};
  event.next = "Next";
  return event;
}

TEST(EventCodec, KeepsEveryMember) {
  std::string text;
  append_json(text, full_event());
  const auto read = event_from_json(json::parse(text));
  EXPECT_EQ(test::describe(read), test::describe(full_event()));
  EXPECT_EQ(read.payload->text(), "{ \"a\" : 1.0 }") << "the caller's bytes come back";
  EXPECT_EQ(read.error, "") << "empty is not unset";
}

TEST(EventCodec, LeavesOutWhatIsUnset) {
  Event event;
  event.id = 1;
  event.type = EventType::execution_started;
  std::string text;
  append_json(text, event);
  EXPECT_EQ(text, R"({"id":1,"previous":0,"timestamp":0,"type":"ExecutionStarted"})");
  EXPECT_FALSE(event_from_json(json::parse(text)).error);
}

TEST(EventCodec, RefusesDamage) {
  for (const char* text :
       {"[]", "{}", R"({"id":1,"type":"NoSuchEvent"})", R"({"id":"1","type":"TaskStarted"})",
        R"({"id":1,"type":"TaskStarted","thread":[1]})", R"({"id":0,"type":"TaskStarted"})"})
    EXPECT_THROW(event_from_json(json::parse(text)), Error) << text;
}

}  // namespace
}  // namespace orch::execution
