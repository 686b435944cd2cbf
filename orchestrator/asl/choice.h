// Choice rules: which way a Choice state goes.
#pragma once

#include "orchestrator/asl/definition.h"
#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// Whether `condition` holds. A value of another type than the operator's is false, never an
/// error; a definite path that misses throws EvaluationError(States.Runtime), except for
/// IsPresent.
bool holds(const ChoiceRule& rule, const Scope& scope);

}  // namespace orch::asl
