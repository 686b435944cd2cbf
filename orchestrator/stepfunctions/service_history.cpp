#include "orchestrator/stepfunctions/service_history.h"

#include <algorithm>
#include <utility>

#include "orchestrator/asl/resource.h"
#include "orchestrator/store/store.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;
using execution::Event;
using execution::EventType;
using execution::TaskStage;

// "TaskScheduled" has its details in "taskScheduledEventDetails".
std::string details_name(EventType type) {
  if (is_state_entered(type)) return "stateEnteredEventDetails";
  if (is_state_exited(type)) return "stateExitedEventDetails";
  std::string name(execution::to_string(type));
  name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return name + "EventDetails";
}

/// Makes the details objects of one view.
class Details {
 public:
  Details(const ServiceView& view, const Event& event, const std::string& resource)
      : view_(view), event_(event), resource_(asl::parse_resource(resource)) {}

  std::optional<bj::object> make() const {
    const auto type = event_.type;
    if (is_state_entered(type)) return state("input", "inputDetails");
    if (is_state_exited(type)) return state("output", "outputDetails");
    if (execution::task_stage(type) != TaskStage::none) return task();
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
      case EventType::map_run_started:
      case EventType::map_run_failed:
      case EventType::map_run_redriven:
        return map_run();
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
    if (event_.heartbeat_seconds && !lambda())
      details["heartbeatInSeconds"] = *event_.heartbeat_seconds;
  }

  // Lambda functions and activities have events of their own, without the type of the resource.
  bool lambda() const { return resource_.kind == asl::TaskKind::lambda; }
  bool integration() const { return resource_.kind == asl::TaskKind::task; }

  bj::object state(const char* payload, const char* about) const {
    bj::object details{{"name", event_.name}};
    add_payload(details, payload, about);
    if (event_.assigned.empty()) return details;
    bj::object variables;
    for (const auto& [name, text] : event_.assigned) variables[name] = text;
    if (view_.with_data) details["assignedVariables"] = std::move(variables);
    details["assignedVariablesDetails"] = bj::object{{"truncated", false}};
    return details;
  }

  void add_resource(bj::object& details) const {
    if (!resource_.type.empty()) details["resourceType"] = resource_.type;
    details["resource"] = resource_.action.empty() ? resource_.text : resource_.action;
  }

  bj::object scheduled() const {
    bj::object details;
    if (integration()) {
      add_resource(details);
      details["region"] = view_.region;
      details["parameters"] = event_.payload && view_.with_data ? event_.payload->text() : "";
    } else {
      details["resource"] = resource_.text;
      add_payload(details, "input", "inputDetails");
    }
    add_times(details);
    if (!event_.role.empty()) details["taskCredentials"] = bj::object{{"roleArn", event_.role}};
    return details;
  }

  std::optional<bj::object> task() const {
    const auto stage = execution::task_stage(event_.type);
    if (stage == TaskStage::scheduled) return scheduled();
    if (stage == TaskStage::started && lambda()) return std::nullopt;
    bj::object details;
    if (integration()) add_resource(details);
    if (stage == TaskStage::started && !integration() && !event_.name.empty())
      details["workerName"] = event_.name;
    if (stage == TaskStage::submitted || stage == TaskStage::succeeded)
      add_payload(details, "output", "outputDetails");
    else
      add_failure(details);
    return details;
  }

  bj::object map_run() const {
    bj::object details;
    add_failure(details);
    if (event_.type == EventType::map_run_failed) return details;
    details["mapRunArn"] = store::map_run_arn(view_.machine_arn, event_.resource);
    if (event_.type == EventType::map_run_redriven) details["redriveCount"] = event_.number;
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
    if (!event_.resource.empty()) details["location"] = event_.resource;
    add_failure(details);
    return details;
  }

  const ServiceView& view_;
  const Event& event_;
  asl::Resource resource_;
};

}  // namespace

execution::EventId ServiceHistory::service_id(execution::EventId id) const {
  return id - (std::upper_bound(ours_.begin(), ours_.end(), id) - ours_.begin());
}

std::optional<bj::object> ServiceHistory::convert(const Event& event) {
  if (event.type == EventType::retry_scheduled) {
    ours_.push_back(event.id);
    return std::nullopt;
  }
  if (execution::task_stage(event.type) == TaskStage::scheduled)
    resources_[event.thread] = event.resource;
  const auto known = resources_.find(event.thread);
  bj::object out;
  if (view_.epoch_times)
    out["timestamp"] = static_cast<double>(event.at.time_since_epoch().count()) / 1000.0;
  else
    out["timestamp"] = to_iso(event.at);
  out["type"] = execution::to_string(event.type);
  out["id"] = service_id(event.id);
  out["previousEventId"] = service_id(event.previous);
  auto details =
      Details(view_, event, known == resources_.end() ? std::string() : known->second).make();
  if (details) out[details_name(event.type)] = std::move(*details);
  if (is_state_exited(event.type)) resources_.erase(event.thread);
  return out;
}

}  // namespace orch::stepfunctions
