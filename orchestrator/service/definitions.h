// Definitions as the service judges and describes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/service/desk.h"

namespace orch::service {

struct Diagnostic {
  bool error = true;  ///< else a warning
  std::string code;   ///< "SCHEMA_VALIDATION_FAILED", "INVALID_JSON_DESCRIPTION"
  std::string message;
  std::string location;  ///< JSON pointer, "/" for the whole; empty: none
};

/// Everything the service says about a definition. Never throws for bad input.
std::vector<Diagnostic> diagnose(const std::string& definition, bool express);

/// Throws ServiceError InvalidDefinition naming all errors.
void check_definition(const std::string& definition, bool express);

/// The variables that each state's JSONPath fields refer to: {state: [name, …]}, the names sorted.
/// `definition` must be valid.
Object variable_references(const std::string& definition);

}  // namespace orch::service
