// Tokens to a tree, and the tree to what the evaluator walks. Internal to the module.
#pragma once

#include <string_view>

#include "orchestrator/jsonata/ast.h"

namespace orch::jsonata {

/// What stands in the text. Throws Error.
NodePtr parse_text(std::string_view source);

/// Dots become paths, predicates move to their steps, `%` finds the step it means, and calls in
/// tail position become thunks. Throws Error.
NodePtr prepare(NodePtr tree);

}  // namespace orch::jsonata
