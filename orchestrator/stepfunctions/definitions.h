// Definitions as the service judges and describes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

struct Diagnostic {
  bool error = true;  ///< else a warning
  std::string code;   ///< "SCHEMA_VALIDATION_FAILED", "INVALID_JSON_DESCRIPTION"
  std::string message;
  std::string location;  ///< JSON pointer, "/" for the whole; empty: none
};

/// Everything the service says about a definition. Never throws for bad input.
std::vector<Diagnostic> diagnose(const std::string& definition, bool express);

/// What the desk's access policy refuses of a definition, as far as its text tells: the code is
/// ACCESS_DENIED. Empty when the text is no JSON.
std::vector<Diagnostic> diagnose_access(const Desk& desk, const std::string& definition);

/// Throws ServiceError InvalidDefinition naming all errors; warnings are passed over.
void refuse_errors(const std::vector<Diagnostic>& found);

/// Throws ServiceError InvalidDefinition naming all errors that diagnose() and diagnose_access()
/// find.
void check_definition(const Desk& desk, const std::string& definition, bool express);

/// The variables that each state's JSONPath fields refer to: {state: [name, …]}, the names sorted.
/// `definition` must be valid.
Object variable_references(const std::string& definition);

}  // namespace orch::stepfunctions
