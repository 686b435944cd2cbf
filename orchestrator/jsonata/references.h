// What an expression reads from outside of itself. Internal to the module.
#pragma once

#include "orchestrator/jsonata/ast.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::jsonata {

/// Of a prepared tree.
References references_of(const Node& tree);

}  // namespace orch::jsonata
