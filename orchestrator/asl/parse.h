// A definition's text becomes types, or a list of everything that is wrong with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/asl/definition.h"
#include "orchestrator/base/error.h"

namespace orch::asl {

struct ParseResult {
  std::shared_ptr<const Workflow> workflow;  ///< null when a problem is not a warning
  std::vector<Problem> problems;             ///< in the order of the text, each with its place
};

/// Parses and validates: syntax, fields, references, paths, and the questions of the graph (states
/// that cannot be reached, flows that cannot end). Never throws for bad input.
ParseResult parse(std::string_view text);

/// Like parse(); throws InvalidDocument (ORCH-0101) naming `file` when the definition is not valid.
std::shared_ptr<const Workflow> parse_or_throw(std::string_view text, const std::string& file);

}  // namespace orch::asl
