#include "orchestrator/status/service_history.h"

#include <algorithm>

namespace orch::status {
namespace {

namespace bj = boost::json;
using machine::Event;
using machine::EventType;

void add_payload(bj::object& details, const char* name, const char* about, const Event& event) {
  if (!event.payload) return;
  details[name] = event.payload->text();
  details[about] = bj::object{{"truncated", false}};
}

void add_failure(bj::object& details, const Event& event) {
  if (event.error) details["error"] = *event.error;
  if (event.cause) details["cause"] = *event.cause;
}

// "arn:aws:states:::lambda:invoke" is the type lambda and the resource invoke; "orch:stage"
// likewise.
void add_resource(bj::object& details, const std::string& resource) {
  const auto last = resource.rfind(':');
  if (last == std::string::npos) {
    details["resource"] = resource;
    return;
  }
  const auto before = resource.substr(0, last);
  const auto type = before.substr(before.rfind(':') + 1);
  details["resourceType"] = type;
  details["resource"] = resource.substr(last + 1);
}

bj::object task_details(const Event& event, const std::string& resource) {
  bj::object details;
  add_resource(details, resource);
  switch (event.type) {
    case EventType::task_scheduled:
      details["region"] = "local";
      if (event.payload) details["parameters"] = event.payload->text();
      if (event.timeout_seconds) details["timeoutInSeconds"] = *event.timeout_seconds;
      if (event.heartbeat_seconds) details["heartbeatInSeconds"] = *event.heartbeat_seconds;
      break;
    case EventType::task_succeeded:
      add_payload(details, "output", "outputDetails", event);
      break;
    default:
      add_failure(details, event);
  }
  return details;
}

bj::object execution_details(const Event& event) {
  bj::object details;
  add_failure(details, event);
  if (event.type == EventType::execution_started) {
    add_payload(details, "input", "inputDetails", event);
    details["roleArn"] = "";
  }
  if (event.type == EventType::execution_succeeded)
    add_payload(details, "output", "outputDetails", event);
  if (event.type == EventType::execution_redriven) details["redriveCount"] = event.number;
  return details;
}

bj::object state_details(const Event& event, bool entered) {
  bj::object details{{"name", event.name}};
  if (entered) {
    add_payload(details, "input", "inputDetails", event);
  } else {
    add_payload(details, "output", "outputDetails", event);
  }
  return details;
}

// "TaskScheduled" has its details in "taskScheduledEventDetails".
std::string details_name(EventType type) {
  if (is_state_entered(type)) return "stateEnteredEventDetails";
  if (is_state_exited(type)) return "stateExitedEventDetails";
  std::string name(machine::to_string(type));
  name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return name + "EventDetails";
}

bool is_task_event(EventType type) {
  return type == EventType::task_scheduled || type == EventType::task_started ||
         type == EventType::task_succeeded || type == EventType::task_failed ||
         type == EventType::task_timed_out;
}

std::optional<bj::object> details_of(const Event& event, const std::string& resource) {
  const auto type = event.type;
  if (is_state_entered(type)) return state_details(event, true);
  if (is_state_exited(type)) return state_details(event, false);
  if (is_task_event(type)) return task_details(event, resource);
  if (is_execution_end(type) || type == EventType::execution_started ||
      type == EventType::execution_redriven)
    return execution_details(event);
  switch (type) {
    case EventType::map_state_started:
      return bj::object{{"length", event.number}};
    case EventType::map_iteration_started:
    case EventType::map_iteration_succeeded:
    case EventType::map_iteration_failed:
    case EventType::map_iteration_aborted:
      return bj::object{{"name", event.name}, {"index", event.number}};
    case EventType::evaluation_failed: {
      bj::object details{{"state", event.name}};
      add_failure(details, event);
      return details;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

machine::EventId ServiceHistory::service_id(machine::EventId id) const {
  return id - (std::upper_bound(ours_.begin(), ours_.end(), id) - ours_.begin());
}

std::optional<bj::object> ServiceHistory::convert(const Event& event) {
  if (event.type == EventType::retry_scheduled) {
    ours_.push_back(event.id);
    return std::nullopt;
  }
  if (event.type == EventType::task_scheduled) resources_[event.thread] = event.resource;
  bj::object out;
  out["timestamp"] = to_iso(event.at);
  out["type"] = machine::to_string(event.type);
  out["id"] = service_id(event.id);
  out["previousEventId"] = service_id(event.previous);
  const auto resource = resources_.find(event.thread);
  auto details = details_of(event, resource == resources_.end() ? "" : resource->second);
  if (details) out[details_name(event.type)] = std::move(*details);
  if (is_state_exited(event.type)) resources_.erase(event.thread);
  return out;
}

}  // namespace orch::status
