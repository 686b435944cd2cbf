// Which workflow variables the states of a definition read and assign.
#pragma once

#include <map>
#include <set>
#include <string>

#include "orchestrator/asl/definition.h"

namespace orch::asl {

/// Names that `state` itself assigns, in all its ways out. Not those of states inside it.
std::set<std::string> assigned_variables(const State& state);

/// What DescribeStateMachine calls variableReferences: for each state that speaks JSONPath and
/// reads variables, their names.
std::map<std::string, std::set<std::string>> variable_references(const Workflow& workflow);

}  // namespace orch::asl
