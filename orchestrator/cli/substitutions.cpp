#include "orchestrator/cli/substitutions.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/arguments.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"
#include "orchestrator/project/names.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

std::string value_text(const std::string& name, const bj::value& value, const std::string& file) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_structured() || value.is_null())
    throw Error("ORCH-0001", fmt::format("{}: the value of \"{}\" must be a text, a number, true "
                                         "or false, found {}",
                                         file, name, json::describe_type(value)));
  return json::write(value);
}

/// As it stands inside a JSON text, without the quotes.
std::string escaped(const std::string& value) {
  std::string quoted;
  json::append_string(quoted, value);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

void add_substitutions(Arguments& app, SubstitutionOptions& options) {
  app.add_option("--define", options.pairs,
                 "text for ${NAME} in the definition; may be given several times")
      ->type_name("NAME=VALUE")
      ->repeatable();
  app.add_option("--define-file", options.file,
                 "JSON or YAML file: an object with the texts for ${NAME} by name")
      ->type_name("FILE");
}

Substitutions::Substitutions(const SubstitutionOptions& options) {
  if (!options.file.empty()) {
    const auto text = read_document(options.file).json;
    const auto document = parse_json(text, options.file);
    if (!document.is_object())
      throw Error("ORCH-0001", fmt::format("{} must be an object, found {}", options.file,
                                           json::describe_type(document)));
    for (const auto& [key, value] : document.get_object()) {
      const std::string name(key);
      values_.insert_or_assign(name, escaped(value_text(name, value, options.file)));
    }
  }
  for (const auto& pair : options.pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error("ORCH-0001", fmt::format("--define {} has no value", pair),
                  "write --define NAME=VALUE for ${NAME} in the definition");
    values_.insert_or_assign(pair.substr(0, equals), escaped(pair.substr(equals + 1)));
  }
}

std::string Substitutions::apply(std::string_view definition) const {
  if (values_.empty()) return std::string(definition);
  return project::replace_names(definition, [&](std::string_view name) {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace orch::cli
