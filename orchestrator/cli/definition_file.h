// Definitions by the names of their files, or of the workflows that orch has itself.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/embedded.h"
#include "orchestrator/yaml/yaml.h"

namespace orch::cli {

struct Definition {
  std::string name;  ///< of the workflow, for people: the file's name without folder and ending
  std::string file;  ///< for messages
  std::string text;  ///< JSON, also of a file in YAML
  yaml::Places places = {};  ///< in the file, of YAML; empty: as in `text`
};

class Substitutions;

/// The definition in the file `what`, see read_document(), or the shipped workflow of this name. A
/// file wins. Throws Error ORCH-0006 with near matches, InvalidDocument (ORCH-0003) for
/// what is not YAML.
Definition find_definition(const std::string& what);
/// With the values for its ${NAME}.
Definition find_definition(const std::string& what, const Substitutions& substitutions);

/// Parses and validates; the places of the problems are those of the file.
asl::ParseResult check_definition(const Definition& definition);
/// Likewise; throws InvalidDocument (ORCH-0101) when the definition is not valid.
std::shared_ptr<const asl::Workflow> require_valid(const Definition& definition);

/// The workflows compiled in: "replicate.json", …
std::span<const EmbeddedFile> shipped_workflows();

}  // namespace orch::cli
