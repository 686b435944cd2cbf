// A run's history in the shape of the service's GetExecutionHistory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/execution/event.h"

namespace orch::stepfunctions {

/// What a view needs beside the events.
struct ServiceView {
  bool epoch_times = false;  ///< timestamps as seconds since 1970, as on the wire; else ISO 8601
  bool with_data = true;     ///< with inputs and outputs
  std::string region = "local";
  std::string role;
  std::string machine_arn;  ///< of `alias` and `version`
  std::string alias;        ///< that the run was started through; may be empty
  std::optional<std::int64_t> version;
};

/// Turns our events into the service's, one by one in their order: details objects, no events or
/// members of ours, ids without gaps.
class ServiceHistory {
 public:
  explicit ServiceHistory(ServiceView view = {}) : view_(std::move(view)) {}

  /// Empty for an event that the service does not record.
  std::optional<boost::json::object> convert(const execution::Event& event);

 private:
  execution::EventId service_id(execution::EventId id) const;

  ServiceView view_;
  std::vector<execution::EventId> ours_;  ///< ids of events left out
  std::map<execution::Thread, std::string>
      resources_;  ///< of the latest task, for its later events
};

}  // namespace orch::stepfunctions
