#include "orchestrator/status/service_history.h"

#include <algorithm>

namespace orch::status {
namespace {

namespace bj = boost::json;
using machine::Event;
using machine::EventType;

/// How the service names a kind of task and what belongs to it.
enum class TaskKind : std::uint8_t { integration, lambda, activity };

TaskKind kind_of(const std::string& resource) {
  if (resource.starts_with("arn:") && resource.find(":lambda:") != std::string::npos &&
      resource.find(":function:") != std::string::npos)
    return TaskKind::lambda;
  if (resource.starts_with("arn:") && resource.find(":activity:") != std::string::npos)
    return TaskKind::activity;
  return TaskKind::integration;
}

bool is_task_event(EventType type) {
  return type == EventType::task_scheduled || type == EventType::task_started ||
         type == EventType::task_succeeded || type == EventType::task_failed ||
         type == EventType::task_timed_out;
}

// "TaskScheduled" of a Lambda function is "LambdaFunctionScheduled".
std::string type_name(EventType type, TaskKind kind) {
  std::string name(machine::to_string(type));
  if (!is_task_event(type) || kind == TaskKind::integration) return name;
  return (kind == TaskKind::lambda ? "LambdaFunction" : "Activity") + name.substr(4);
}

// "TaskScheduled" has its details in "taskScheduledEventDetails".
std::string details_name(EventType type, std::string name) {
  if (is_state_entered(type)) return "stateEnteredEventDetails";
  if (is_state_exited(type)) return "stateExitedEventDetails";
  name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return name + "EventDetails";
}

// "arn:aws:states:::lambda:invoke" is the type lambda and the resource invoke; "orch:stage"
// likewise; of "…:::aws-sdk:s3:getObject" the type is aws-sdk:s3.
void add_resource(bj::object& details, std::string_view resource) {
  if (const auto integration = resource.find(":::");
      resource.starts_with("arn:") && integration != std::string_view::npos)
    resource.remove_prefix(integration + 3);
  constexpr std::string_view sdk = "aws-sdk:";
  const auto colon = resource.find(':', resource.starts_with(sdk) ? sdk.size() : 0);
  if (colon != std::string_view::npos) {
    details["resourceType"] = resource.substr(0, colon);
    resource.remove_prefix(colon + 1);
  }
  details["resource"] = resource;
}

/// Makes the details objects of one view.
class Details {
 public:
  Details(const ServiceView& view, const Event& event, const std::string& resource)
      : view_(view), event_(event), resource_(resource), kind_(kind_of(resource)) {}

  std::optional<bj::object> make() const {
    const auto type = event_.type;
    if (is_state_entered(type)) return state("input", "inputDetails");
    if (is_state_exited(type)) return state("output", "outputDetails");
    if (is_task_event(type)) return task();
    if (is_execution_end(type) || type == EventType::execution_started ||
        type == EventType::execution_redriven)
      return execution();
    switch (type) {
      case EventType::map_state_started:
        return bj::object{{"length", event_.number}};
      case EventType::map_iteration_started:
      case EventType::map_iteration_succeeded:
      case EventType::map_iteration_failed:
      case EventType::map_iteration_aborted:
        return bj::object{{"name", event_.name}, {"index", event_.number}};
      case EventType::evaluation_failed:
        return evaluation();
      default:
        return std::nullopt;
    }
  }

 private:
  void add_payload(bj::object& details, const char* name, const char* about) const {
    if (!event_.payload || !view_.with_data) return;
    details[name] = event_.payload->text();
    details[about] = bj::object{{"truncated", false}};
  }

  void add_failure(bj::object& details) const {
    if (event_.error) details["error"] = *event_.error;
    if (event_.cause) details["cause"] = *event_.cause;
  }

  void add_times(bj::object& details) const {
    if (event_.timeout_seconds) details["timeoutInSeconds"] = *event_.timeout_seconds;
    if (event_.heartbeat_seconds && kind_ != TaskKind::lambda)
      details["heartbeatInSeconds"] = *event_.heartbeat_seconds;
  }

  bj::object state(const char* payload, const char* about) const {
    bj::object details{{"name", event_.name}};
    add_payload(details, payload, about);
    return details;
  }

  bj::object scheduled() const {
    bj::object details;
    if (kind_ == TaskKind::integration) {
      add_resource(details, resource_);
      details["region"] = view_.region;
      details["parameters"] = event_.payload && view_.with_data ? event_.payload->text() : "";
    } else {
      details["resource"] = resource_;
      add_payload(details, "input", "inputDetails");
    }
    add_times(details);
    return details;
  }

  std::optional<bj::object> task() const {
    if (event_.type == EventType::task_scheduled) return scheduled();
    bj::object details;
    if (kind_ == TaskKind::integration)
      add_resource(details, resource_);
    else if (event_.type == EventType::task_started && kind_ == TaskKind::lambda)
      return std::nullopt;
    if (event_.type == EventType::task_succeeded)
      add_payload(details, "output", "outputDetails");
    else
      add_failure(details);
    return details;
  }

  bj::object execution() const {
    bj::object details;
    add_failure(details);
    if (event_.type == EventType::execution_started) {
      add_payload(details, "input", "inputDetails");
      details["roleArn"] = view_.role;
      if (!view_.alias.empty())
        details["stateMachineAliasArn"] = view_.machine_arn + ":" + view_.alias;
      if (view_.version)
        details["stateMachineVersionArn"] =
            view_.machine_arn + ":" + std::to_string(*view_.version);
    }
    if (event_.type == EventType::execution_succeeded)
      add_payload(details, "output", "outputDetails");
    if (event_.type == EventType::execution_redriven) details["redriveCount"] = event_.number;
    return details;
  }

  bj::object evaluation() const {
    bj::object details{{"state", event_.name}};
    add_failure(details);
    return details;
  }

  const ServiceView& view_;
  const Event& event_;
  const std::string& resource_;
  TaskKind kind_;
};

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
  const auto known = resources_.find(event.thread);
  const std::string resource = known == resources_.end() ? "" : known->second;
  const auto type = type_name(event.type, kind_of(resource));
  bj::object out;
  if (view_.epoch_times)
    out["timestamp"] = static_cast<double>(event.at.time_since_epoch().count()) / 1000.0;
  else
    out["timestamp"] = to_iso(event.at);
  out["type"] = type;
  out["id"] = service_id(event.id);
  out["previousEventId"] = service_id(event.previous);
  auto details = Details(view_, event, resource).make();
  if (details) out[details_name(event.type, type)] = std::move(*details);
  if (is_state_exited(event.type)) resources_.erase(event.thread);
  return out;
}

}  // namespace orch::status
