#include "orchestrator/project/manifest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/members.h"

namespace orch::project {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

std::vector<std::string> names(const Manifest& manifest) {
  std::vector<std::string> all;
  for (const auto& [name, store] : manifest.environments) all.push_back(name);
  return all;
}

// A name becomes part of ARNs, of paths and of commands.
void check_name(const json::Fields& fields, std::string_view field, const std::string& name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  if (name.empty() || (name.find_first_not_of(allowed) == name.npos && name.size() <= 80)) return;
  fields.problem(field, fmt::format("\"{}\" is no name", name),
                 "up to 80 letters, digits, underscores and hyphens");
}

void read_environments(json::Fields& fields, Manifest& manifest) {
  const auto* object = fields.object("environments");
  if (!object) return;
  const json::Fields inside(*object, fields.at("environments"), fields.problems());
  for (const auto& [key, value] : *object) {
    const std::string name(key);
    check_name(inside, name, name);
    auto& store = manifest.environments[name];
    const auto* members = value.if_object();
    if (!members) {
      inside.problem(name, fmt::format("the environment {} must be an object, found {}", name,
                                       json::describe_type(value)));
      continue;
    }
    json::Fields environment(*members, inside.at(name), fields.problems());
    store = environment.string("store").value_or("");
    environment.accept({"variables", "secrets"});
    environment.finish("an environment");
  }
}

}  // namespace

std::string manifest_name(const fs::path& folder) {
  for (const auto* name : {"project.json", "project.yaml", "project.yml"})
    if (fs::exists(folder / name)) return name;
  throw Error("ORCH-0810", fmt::format("{} has no project.json", folder.string()),
              "`orch project init` makes a project, --project names the folder of one");
}

std::optional<Manifest> read_manifest(const fs::path& folder, Findings& findings) {
  auto document = read_document(folder, manifest_name(folder), "", findings);
  if (!document) return std::nullopt;
  Manifest manifest;
  json::Problems problems;
  if (const auto* object = document->value.if_object()) {
    json::Fields fields(*object, "", problems);
    fields.accept({"$schema", "variables", "secrets"});
    manifest.name = fields.required_string("name");
    check_name(fields, "name", manifest.name);
    manifest.connections = fields.string("connections").value_or(manifest.connections);
    read_environments(fields, manifest);
    manifest.default_environment = fields.string("default").value_or("");
    if (!manifest.default_environment.empty() &&
        !manifest.environments.contains(manifest.default_environment))
      fields.problem("default",
                     fmt::format("no environment \"{}\"{}", manifest.default_environment,
                                 did_you_mean(manifest.default_environment, names(manifest))));
    fields.finish("project.json");
  } else {
    problems.push_back(
        {"", "a project must be an object, found " + json::describe_type(document->value)});
  }
  manifest.document = std::move(*document);
  report(manifest.document, std::move(problems), findings);
  return manifest;
}

std::string chosen_environment(const Manifest& manifest, const std::string& asked) {
  const auto all = names(manifest);
  if (!asked.empty()) {
    if (manifest.environments.contains(asked)) return asked;
    throw Error("ORCH-0811",
                fmt::format("the project {} has no environment \"{}\"{}", manifest.name, asked,
                            did_you_mean(asked, all)),
                all.empty() ? "it has none: leave out --env"
                            : fmt::format("there are: {}", fmt::join(all, ", ")));
  }
  if (!manifest.default_environment.empty()) return manifest.default_environment;
  if (all.size() <= 1) return all.empty() ? std::string() : all.front();
  throw Error("ORCH-0811", fmt::format("the project {} has several environments", manifest.name),
              fmt::format("name one with --env: {}", fmt::join(all, ", ")));
}

Variables variables_of(const Manifest& manifest, const fs::path& folder,
                       const std::string& environment, Findings& findings) {
  Variables variables(folder);
  json::Problems problems;
  const auto read = [&](const bj::value& value, const std::string& pointer) {
    const auto* object = value.if_object();
    if (!object) return;
    json::Fields fields(*object, pointer, problems);
    variables.read(fields);
  };
  const auto& value = manifest.document.value;
  read(value, "");
  const auto pointer = "/environments/" + json::pointer_token(environment);
  boost::json::error_code missing;
  if (const auto* own = value.find_pointer(pointer, missing); own && !environment.empty())
    read(*own, pointer);
  report(manifest.document, std::move(problems), findings);
  return variables;
}

}  // namespace orch::project
