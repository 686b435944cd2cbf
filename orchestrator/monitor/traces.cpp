#include "orchestrator/monitor/traces.h"

#include <utility>

#include "orchestrator/telemetry/trace_context.h"
#include "orchestrator/view/projection.h"

namespace orch::monitor {
namespace {

namespace bj = boost::json;
using execution::EventType;
using execution::TaskStage;
using telemetry::span_id;

constexpr int internal = 1, client = 3;  // SpanKind
constexpr int ok = 1, error = 2;         // StatusCode
constexpr std::size_t longest_message = 1'000;

bj::object number_attribute(std::string_view key, std::int64_t value) {
  return {{"key", key}, {"value", {{"intValue", std::to_string(value)}}}};
}

// 64-bit numbers are texts in JSON.
std::string nanoseconds(Instant time) {
  return std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

struct SpanOf {
  const WatchedRun& run;
  std::int64_t event;                  ///< that it began with; 0: the run
  std::optional<std::int64_t> parent;  ///< likewise
};

bj::object span(const SpanOf& of, std::string name, Instant begin, Instant end, int kind) {
  bj::object made{{"traceId", telemetry::trace_id(of.run.trace)},
                  {"spanId", span_id(of.run.id, of.event)},
                  {"name", std::move(name)},
                  {"kind", kind},
                  {"startTimeUnixNano", nanoseconds(begin)},
                  {"endTimeUnixNano", nanoseconds(std::max(begin, end))}};
  if (of.parent)
    made["parentSpanId"] = span_id(of.run.id, *of.parent);
  else if (const auto& other = of.run.begun_by)
    made["parentSpanId"] = span_id(other->run, other->event);
  return made;
}

void set_failure(bj::object& made, const std::optional<std::string>& name,
                 const std::optional<std::string>& cause, bj::array& attributes) {
  const auto failure = view::failure_of(name, cause);
  made["status"] = {{"code", error}, {"message", failure.message.substr(0, longest_message)}};
  if (!failure.error.empty()) attributes.push_back(attribute("error.type", failure.error));
  if (!failure.code.empty()) attributes.push_back(attribute("orch.code", failure.code));
  if (!failure.key.empty()) attributes.push_back(attribute("orch.key", failure.key));
  if (!failure.connection.empty())
    attributes.push_back(attribute("orch.connection", failure.connection));
}

// "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1". Source: AWS X-Ray,
// "Tracing header".
std::optional<bj::object> link_to(const std::string& header) {
  const auto member = [&](std::string_view name) -> std::string {
    const auto at = header.find(name);
    if (at == header.npos) return "";
    const auto begin = at + name.size();
    return header.substr(begin, header.find(';', begin) - begin);
  };
  const auto root = member("Root=1-"), parent = member("Parent=");
  const auto is_hex = [](const std::string& text, std::size_t size) {
    return text.size() == size && text.find_first_not_of("0123456789abcdef") == text.npos;
  };
  if (root.size() != 33 || root[8] != '-') return std::nullopt;
  const auto trace = root.substr(0, 8) + root.substr(9);
  if (!is_hex(trace, 32) || !is_hex(parent, 16)) return std::nullopt;
  return bj::object{{"traceId", trace}, {"spanId", parent}};
}

}  // namespace

bj::object attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

void Traces::happened(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  const auto stage = task_stage(event.type);
  if (stage == TaskStage::succeeded || stage == TaskStage::failed || stage == TaskStage::timed_out)
    return end_attempt(happening);
  if (state && (is_state_exited(event.type) || is_state_aborted(event.type)))
    return end_state(run, event.thread, *state, event.at, is_state_aborted(event.type));
  if (state && is_map_run_end(event.type))
    return end_map_run(run, *state, event.at, event.type != EventType::map_run_succeeded);
  if (is_execution_end(event.type)) end_run(happening);
}

// What its children are below.
void Traces::end_map_run(const WatchedRun& run, const WatchedState& state, Instant end,
                         bool failed) {
  if (!state.map_run) return;
  const auto [event, began] = *state.map_run;
  auto made = span({run, event, state.entered}, state.name + " map run", began, end, internal);
  made["attributes"] = bj::array{attribute("orch.state", state.name)};
  if (failed) made["status"] = {{"code", error}};
  exporter_.add(std::move(made));
}

void Traces::end_attempt(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  if (!state || !state->task) return;
  const auto& task = *state->task;
  auto made = span({run, static_cast<std::int64_t>(task.ticket), state->entered}, task.resource,
                   task.scheduled, event.at, client);
  bj::array attributes{attribute("orch.state", state->name),
                       attribute("orch.resource", task.resource),
                       number_attribute("orch.attempt", task.attempt + 1)};
  if (task.started)
    attributes.push_back(
        number_attribute("orch.queued_ms", (*task.started - task.scheduled).count()));
  if (task_stage(event.type) != TaskStage::succeeded)
    set_failure(made, event.error, event.cause, attributes);
  made["attributes"] = std::move(attributes);
  exporter_.add(std::move(made));
}

void Traces::end_state(const WatchedRun& run, execution::Thread thread, const WatchedState& state,
                       Instant end, bool failed) {
  end_map_run(run, state, end, failed);
  auto made = span({run, state.entered, thread.entered}, state.name, state.since, end, internal);
  made["attributes"] = bj::array{attribute("orch.state", state.name)};
  if (failed) made["status"] = {{"code", error}};
  exporter_.add(std::move(made));
}

// States that were left by a failure have no event of their own.
void Traces::end_run(const Happening& happening) {
  const auto& [run, row, event, state] = happening;
  for (const auto& [thread, open] : run.states) end_state(run, thread, open, event.at, true);
  auto made = span({run, 0, std::nullopt}, run.workflow, run.started, event.at, internal);
  bj::array attributes{attribute("orch.run", run.id), attribute("orch.name", run.name),
                       attribute("orch.workflow", run.workflow)};
  if (row.made.pipeline)
    attributes.push_back(attribute("orch.pipeline", row.made.pipeline->pipeline));
  if (event.type == EventType::execution_succeeded)
    made["status"] = {{"code", ok}};
  else
    set_failure(made, event.error, event.cause, attributes);
  made["attributes"] = std::move(attributes);
  if (auto link = link_to(run.trace_header)) made["links"] = bj::array{std::move(*link)};
  exporter_.add(std::move(made));
}

}  // namespace orch::monitor
