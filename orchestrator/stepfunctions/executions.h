// Executions as the API names them.
#pragma once

#include <string>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

/// Throws ServiceError InvalidArn or ExecutionDoesNotExist.
store::ExecutionRow find_execution(Request& request, const std::string& arn);

/// As it was started, or as the runs of `orch submit` are shown.
std::string execution_arn_of(const Request& request, const store::ExecutionRow& row);
std::string machine_arn_of(const Request& request, const store::ExecutionRow& row);

/// The members stateMachineVersionArn and stateMachineAliasArn, of an execution that has them.
void add_qualified_arns(const std::string& machine_arn, const store::ServiceLink& service,
                        Object& out);

}  // namespace orch::stepfunctions
