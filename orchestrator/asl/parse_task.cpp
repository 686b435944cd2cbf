// Task and Wait states: what they wait for, and how long.
#include <fmt/format.h>

#include "orchestrator/asl/parse_state.h"

namespace orch::asl {
namespace {

void parse_times(Fields& fields, Task& task) {
  task.timeout_seconds = fields.computed_number("TimeoutSeconds", 1, max_seconds);
  task.heartbeat_seconds = fields.computed_number("HeartbeatSeconds", 1, max_seconds);
  const auto fixed = [](const std::optional<Number>& number) {
    return number ? std::get_if<std::int64_t>(&*number) : nullptr;
  };
  const auto* timeout = fixed(task.timeout_seconds);
  const auto* heartbeat = fixed(task.heartbeat_seconds);
  if (timeout && heartbeat && *heartbeat >= *timeout)
    fields.problem("HeartbeatSeconds", fmt::format("HeartbeatSeconds must be smaller than "
                                                   "TimeoutSeconds, found {} against {}",
                                                   *heartbeat, *timeout));
}

void parse_timestamp(Fields& fields, Wait& wait) {
  if (fields.jsonata()) {
    if (auto computed = fields.expression("Timestamp")) {
      wait.timestamp = std::move(*computed);
      return;
    }
  }
  const auto text = fields.string("Timestamp");
  if (!text) return;
  if (const auto instant = from_iso(*text))
    wait.timestamp = *instant;
  else
    fields.problem("Timestamp", "String does not match RFC3339 timestamp",
                   fmt::format("such as \"2026-01-31T23:59:59Z\"; found \"{}\"", *text));
}

void check_credentials(Fields& fields) {
  const auto* given = fields.object("Credentials");
  if (given && !given->contains("RoleArn") && !given->contains("RoleArn.$"))
    fields.problem("Credentials", "The field 'RoleArn' is required but was missing");
}

}  // namespace

Task parse_task(Fields& fields, State& state) {
  Task task;
  task.resource = parse_resource(fields.required_string("Resource"));
  parse_times(fields, task);
  check_credentials(fields);
  task.credentials = fields.payload_template("Credentials");
  parse_result(fields, state);
  parse_handlers(fields, state);
  parse_transition(fields, state);
  return task;
}

Wait parse_wait(Fields& fields, State& state) {
  Wait wait;
  int ways = 0;
  for (const char* field : {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"})
    ways += fields.has(field) ? 1 : 0;
  if (ways != 1)
    fields.problem(
        "", fmt::format("a Wait state needs exactly one of {}, found {}",
                        fields.jsonata() ? "Seconds and Timestamp"
                                         : "Seconds, SecondsPath, Timestamp and TimestampPath",
                        ways));
  if (ways > 1) fields.accept({"Seconds", "SecondsPath", "Timestamp", "TimestampPath"});
  if (ways == 1)
    wait.seconds = fields.computed_number("Seconds", 0, max_seconds).value_or(std::int64_t{0});
  parse_timestamp(fields, wait);
  if (!fields.jsonata()) {
    if (const auto path = fields.path("TimestampPath")) wait.timestamp = *path;
  }
  parse_transition(fields, state);
  return wait;
}

}  // namespace orch::asl
