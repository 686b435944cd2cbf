// How Task states spell requests to the API and its answers.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/stepfunctions/error.h"
#include "workers/worker.h"

namespace orch::stepfunctions {

inline constexpr std::string_view optimized_resource = "arn:aws:states:::states:";
inline constexpr std::string_view sdk_resource = "arn:aws:states:::aws-sdk:sfn:";

/// What a resource asks for.
struct TaskOperation {
  std::string name;  ///< "StartExecution"
  bool sdk = false;  ///< in the SDK's words
};
TaskOperation task_operation(std::string_view resource);

/// The API's request; input and output of executions become JSON text. Throws TaskFailed
/// States.Runtime when the parameters are no object.
boost::json::object request_of(const boost::json::value& parameters);

/// The region of an ARN in the request; empty: none names one.
std::string region_of(const boost::json::object& request);

/// The API's answer as the task gets it.
boost::json::object answer_of(boost::json::object answer, bool sdk);

/// "StepFunctions.…Exception" or "Sfn.…Exception".
workers::TaskFailed failure_of(const ServiceError& error, bool sdk);

}  // namespace orch::stepfunctions
