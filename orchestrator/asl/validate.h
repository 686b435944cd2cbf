// The questions about a whole definition: names, targets, and the graph of its transitions.
#pragma once

#include <string>

#include "orchestrator/asl/fields.h"

namespace orch::asl {

/// Checks one flow and those nested in it. `pointer` is the place of the object that holds its
/// StartAt and States.
void validate_flow(const Flow& flow, const std::string& pointer, Problems& problems);

/// Names must be unique in the whole definition, nested flows included.
void validate_names(const Flow& flow, Problems& problems);

/// A branch or iteration may read the variables of the flow around it, but not assign them.
void validate_variables(const Flow& flow, Problems& problems);

}  // namespace orch::asl
