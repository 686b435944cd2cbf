// What stands for ${NAME} in a definition.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orch::cli {

class Arguments;

/// --define and --define-file of a command.
struct SubstitutionOptions {
  std::vector<std::string> pairs;  ///< NAME=VALUE
  std::string file;                ///< JSON or YAML, an object: texts, numbers or booleans by name
};

void add_substitutions(Arguments& app, SubstitutionOptions& options);

class Substitutions {
 public:
  Substitutions() = default;
  /// Of one name in both the option wins. Throws Error ORCH-0001, ORCH-0002, ORCH-0003.
  explicit Substitutions(const SubstitutionOptions& options);

  /// `definition` with the values for its ${NAME}, as DefinitionSubstitutions of CloudFormation and
  /// SAM: each becomes part of the text that it stands in. What has no value stays.
  std::string apply(std::string_view definition) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace orch::cli
