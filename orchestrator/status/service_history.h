// A run's history in the shape of the service's GetExecutionHistory.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/machine/event.h"

namespace orch::status {

/// Turns our events into the service's, one by one in their order: details objects, no events or
/// members of ours, ids without gaps.
class ServiceHistory {
 public:
  /// Empty for an event that the service does not record.
  std::optional<boost::json::object> convert(const machine::Event& event);

 private:
  machine::EventId service_id(machine::EventId id) const;

  std::vector<machine::EventId> ours_;                ///< ids of events left out
  std::map<machine::Thread, std::string> resources_;  ///< of the latest task, for its later events
};

}  // namespace orch::status
