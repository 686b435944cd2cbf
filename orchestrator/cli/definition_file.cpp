#include "orchestrator/cli/definition_file.h"

#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/substitutions.h"

namespace orch::cli {

namespace fs = std::filesystem;

Definition find_definition(const std::string& what, const Substitutions& substitutions) {
  auto definition = find_definition(what);
  definition.text = substitutions.apply(definition.text);
  return definition;
}

Definition find_definition(const std::string& what) {
  if (what == "-" || fs::exists(what)) {
    auto [text, places] = read_document(what);
    if (what == "-")
      return {"standard-input", "standard input", std::move(text), std::move(places)};
    return {fs::path(what).stem().string(), what, std::move(text), std::move(places)};
  }
  std::vector<std::string> names;
  for (const auto& shipped : shipped_workflows()) {
    const auto name = fs::path(shipped.name).stem().string();
    if (what == name || what == shipped.name) return {name, name, std::string(shipped.text), {}};
    names.push_back(name);
  }
  throw Error(
      "ORCH-0006",
      fmt::format("no file and no shipped workflow \"{}\"{}", what, did_you_mean(what, names)),
      fmt::format("shipped workflows: {}", fmt::join(names, ", ")));
}

asl::ParseResult check_definition(const Definition& definition) {
  auto result = asl::parse(definition.text);
  yaml::locate_problems(definition.places, result.problems);
  return result;
}

std::shared_ptr<const asl::Workflow> require_valid(const Definition& definition) {
  auto result = check_definition(definition);
  if (!result.workflow)
    throw InvalidDocument("ORCH-0101", definition.file, std::move(result.problems));
  return result.workflow;
}

}  // namespace orch::cli
