// A task of an activity as the workers see it.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/base/time.h"
#include "workers/worker.h"

namespace orch::fleet {

/// What GetActivityTask gave.
struct ActivityTask {
  std::string activity;  ///< its ARN
  std::string token;
  std::string input;  ///< JSON text
  Instant at;         ///< when the endpoint handed it out, by the endpoint's clock
};

/// The task and the input of its worker.
struct Work {
  workers::Task task;
  std::string input;  ///< JSON text, without the member "orch"
};

/// Names the task and orders it among others:
///
/// `ticket` comes from the token, so that every attempt, which has a token of its own, has one too.
/// `fence` is the time at which the endpoint handed the task out, and `store` the region and
/// account of the activity: fences of one endpoint compare, in whichever process. The endpoint
/// gives a task to another worker only after the first one's time (at least a second) has run out,
/// so a worker that was taken for dead has a smaller fence than the one that replaced it.
///
/// `run`, `run_name`, `state` and `attempt` are what the definition tells in the input's member
/// "orch": {"run", "name", "state", "attempt"}, each of which may be absent. Throws TaskFailed
/// "Input.Invalid" (ORCH-0530) when that is malformed.
Work work_of(const ActivityTask& given, const std::string& resource,
             const std::filesystem::path& connections);

/// "us-east-1" of "arn:aws:states:us-east-1:123456789012:activity:stage". Throws Error ORCH-0001
/// for what is no ARN of an activity.
std::string region_of(const std::string& activity);
/// "stage" of the same; the text itself when it is no ARN.
std::string name_of(const std::string& activity);

}  // namespace orch::fleet
