// project init, project check.
#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/project_files.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;

int init(const Context& context, const std::string& name) {
  const auto folder = fs::absolute(name.empty() ? "." : name).lexically_normal();
  for (const auto* file : {"project.json", "project.yaml", "project.yml"})
    if (fs::exists(folder / file))
      throw Error("ORCH-0812", fmt::format("{} is there already", (folder / file).string()),
                  "`orch project check` says what is wrong with a project");
  write_missing(folder, project::new_project(project_name(folder)));
  context.say(fmt::format("orch: the project is in {}", folder.string()));
  context.say(fmt::format("orch: next: orch project check --project {0}; orch deploy --project {0}",
                          shell_word(name.empty() ? "." : name)));
  return Exit::ok;
}

struct CheckOptions {
  std::string folder = ".";
  std::string environment;
};

/// The environments to check: the one asked for, else all.
std::vector<std::string> environments_of(const CheckOptions& options) {
  if (!options.environment.empty()) return {options.environment};
  project::Findings ignored;
  const auto manifest = project::read_manifest(options.folder, ignored);
  std::vector<std::string> all;
  if (manifest)
    for (const auto& [name, store] : manifest->environments) all.push_back(name);
  if (all.empty()) all.emplace_back();
  return all;
}

/// Adds those that another environment has not shown already.
void merge(project::Findings& all, const project::Findings& more) {
  for (const auto& [file, problems] : more) {
    for (const auto& problem : problems) {
      const auto known = std::ranges::find(all, file, &project::FileProblems::file);
      const bool shown =
          known != all.end() && std::ranges::any_of(known->problems, [&](const Problem& other) {
            return other.pointer == problem.pointer && other.message == problem.message;
          });
      if (!shown) project::report(file, problem, all);
    }
  }
}

int check(const Context& context, const CheckOptions& options) {
  project::Findings all;
  const auto rooms = project_rooms();
  for (const auto& environment : environments_of(options)) {
    const auto reading = project::read_project(options.folder, environment, rooms);
    merge(all, reading.findings);
    if (!project::has_errors(reading.findings))
      context.say(fmt::format(
          "orch: {}{}: valid, {}", reading.project.name,
          reading.project.environment.empty() ? "" : " (" + reading.project.environment + ")",
          render::plural(std::ssize(reading.project.pipelines), "pipeline")));
  }
  show_findings(context, all);
  return project::has_errors(all) ? Exit::failure : Exit::ok;
}

}  // namespace

Action declare_project_init(Arguments& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("name", *name, "folder to make; default: the present one")->type_name("NAME");
  return [name](Context& context) { return init(context, *name); };
}

Action declare_project_check(Arguments& app) {
  const auto options = std::make_shared<CheckOptions>();
  app.add_option("--project", options->folder, "folder of the project; default: the present one")
      ->type_name("FOLDER");
  app.add_option("--env", options->environment, "environment; default: all of them")
      ->type_name("NAME");
  return [options](Context& context) { return check(context, *options); };
}

}  // namespace orch::cli
