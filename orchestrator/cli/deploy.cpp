// deploy, rollback.
#include <iostream>
#include <memory>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/person.h"
#include "orchestrator/cli/project_files.h"
#include "orchestrator/cli/render/difference.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using render::Tone;

struct DeployOptions {
  std::string folder = ".";
  std::string environment;
  bool plan = false;
  bool yes = false;
};

bj::object parameters_of(const project::Project& project) {
  bj::object files, pipelines;
  for (const auto& [name, text] : project.files)
    files[name == project.connections ? "connections.json" : name] = text;
  for (const auto& pipeline : project.pipelines)
    pipelines[pipeline.name] =
        bj::object{{"document", pipeline.document}, {"definition", pipeline.definition}};
  return {{"project", project.name},           {"environment", project.environment},
          {"folder", project.folder.string()}, {"files", std::move(files)},
          {"pipelines", std::move(pipelines)}, {"by", person()}};
}

/// The store that is meant: a setting, else that of the environment.
std::string store_of(const Context& context, const project::Project& project) {
  const auto& setting = context.settings.get("store");
  if (setting.origin != "default" || project.store.empty()) return setting.value;
  return store::resolved_url(project.store, project.folder);
}

/// A store that is not there yet has no pipelines: all are made.
bj::object plan_without_store(const bj::object& parameters) {
  bj::array changes, files;
  for (const auto& [name, pipeline] : parameters.at("pipelines").as_object())
    changes.push_back(bj::object{{"pipeline", name}, {"change", "made"}, {"after", pipeline}});
  for (const auto& [name, text] : parameters.at("files").as_object())
    files.push_back(bj::object{{"file", name}, {"before", nullptr}, {"after", text}});
  return {{"project", parameters.at("project")},
          {"environment", parameters.at("environment")},
          {"changes", std::move(changes)},
          {"files", std::move(files)},
          {"unchanged", 0}};
}

bj::object plan_of(const std::string& store, const bj::object& parameters,
                   const std::string& command) {
  try {
    return host::perform(store, "pipelines.plan", parameters, command);
  } catch (const Error& error) {
    if (error.code() != "ORCH-0208") throw;
    return plan_without_store(parameters);
  }
}

std::string pretty_text(const bj::value* text) {
  if (!text || text->is_null()) return {};
  return render::pretty(text->is_string() ? json::parse(text->get_string()) : *text);
}

std::string change_text(const bj::object& change, const render::Look& look) {
  const auto kind = json::text_member(change, "change");
  const auto name = json::text_member(change, "pipeline");
  const bool made = kind == "made", removed = kind == "removed";
  auto line = fmt::format("{} pipeline {}: {}",
                          made      ? '+'
                          : removed ? '-'
                                    : '~',
                          one_line(name),
                          made      ? "is made"
                          : removed ? "is removed"
                                    : "is changed");
  if (const auto reason = json::text_member(change, "reason"); !reason.empty())
    line += " (" + reason + ")";
  auto out = render::toned(line, made ? Tone::good : removed ? Tone::bad : Tone::busy, look) + '\n';
  const auto side = [&](const char* which, const char* member) -> const bj::value* {
    const auto* found = change.if_contains(which);
    return found ? found->as_object().if_contains(member) : nullptr;
  };
  if (!removed)
    out += render::difference(pretty_text(side("before", "document")),
                              pretty_text(side("after", "document")), look);
  if (!removed && !made)
    out += render::difference(pretty_text(side("before", "definition")),
                              pretty_text(side("after", "definition")), look);
  return out;
}

std::string file_text(const bj::object& change, const render::Look& look) {
  const auto* before = change.if_contains("before");
  const auto* after = change.if_contains("after");
  const bool made = before->is_null(), removed = after->is_null();
  auto out = render::toned(fmt::format("{} file {}",
                                       made      ? '+'
                                       : removed ? '-'
                                                 : '~',
                                       one_line(json::text_member(change, "file"))),
                           made      ? Tone::good
                           : removed ? Tone::bad
                                     : Tone::busy,
                           look) +
             '\n';
  if (!made && !removed) out += render::difference(pretty_text(before), pretty_text(after), look);
  return out;
}

struct Counts {
  std::int64_t made = 0, changed = 0, removed = 0;
  bool any() const { return made + changed + removed > 0; }
};

Counts counts_of(const bj::object& plan) {
  Counts counts;
  for (const auto& change : plan.at("changes").as_array()) {
    const auto kind = json::text_member(change, "change");
    ++(kind == "made" ? counts.made : kind == "removed" ? counts.removed : counts.changed);
  }
  return counts;
}

void show_plan(const Context& context, const bj::object& plan) {
  std::string page;
  for (const auto& change : plan.at("files").as_array())
    page += file_text(change.as_object(), context.out.look);
  for (const auto& change : plan.at("changes").as_array())
    page += change_text(change.as_object(), context.out.look);
  context.print(page);
}

bool confirmed(const Context& context) {
  context.complain("Deploy? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

int deploy(const Context& context, const DeployOptions& options) {
  const auto reading = project::read_project(options.folder, options.environment, project_rooms());
  if (!reading.findings.empty()) {
    show_findings(context, reading.findings);
    if (project::has_errors(reading.findings)) return Exit::failure;
  }
  const auto& project = reading.project;
  const auto store = store_of(context, project);
  auto parameters = parameters_of(project);
  auto plan = plan_of(store, parameters, context.command_line);
  const auto counts = counts_of(plan);
  if (!context.json()) show_plan(context, plan);
  context.say(
      fmt::format("orch: {}{}: {} to make, {} to change, {} to remove, {} as they are",
                  project.name, project.environment.empty() ? "" : " (" + project.environment + ")",
                  counts.made, counts.changed, counts.removed, plan.at("unchanged").as_int64()));
  const bool ask = !options.yes && ::isatty(STDIN_FILENO) != 0 && context.out.terminal;
  bool deployed = false;
  if (!counts.any()) {
    context.say(fmt::format("orch: nothing to do: {} is as the files say", store));
  } else if (!options.plan && (!ask || confirmed(context))) {
    if (const auto* basis = plan.if_contains("basis")) parameters["basis"] = *basis;
    plan = host::perform(store, "pipelines.deploy", parameters, context.command_line);
    deployed = true;
    context.say(fmt::format("orch: deployed to {}", store));
  }
  if (context.json()) {
    plan["deployed"] = deployed;
    print_document(context, plan);
  }
  return deployed || options.plan || !counts.any() ? Exit::ok : Exit::failure;
}

struct RollbackOptions {
  std::string pipeline;
  std::int64_t to = 0;
};

int rollback(const Context& context, const RollbackOptions& options) {
  bj::object parameters{{"name", options.pipeline}, {"by", person()}};
  if (options.to > 0) parameters["to"] = options.to;
  const auto result = host::perform(context.settings.value("store"), "pipelines.rollback",
                                    parameters, context.command_line);
  if (context.json())
    print_document(context, result);
  else
    context.say(fmt::format("orch: {} is at revision {} (it was {})", options.pipeline,
                            result.at("revision").as_int64(), result.at("from").as_int64()));
  return Exit::ok;
}

}  // namespace

Action declare_deploy(Arguments& app) {
  const auto options = std::make_shared<DeployOptions>();
  app.add_option("--project", options->folder, "folder of the project; default: the present one")
      ->type_name("FOLDER");
  app.add_option("--env", options->environment, "environment; default: that of project.json")
      ->type_name("NAME");
  app.add_flag("--plan", options->plan, "only show what would be done");
  app.add_flag("-y,--yes", options->yes, "do not ask on a terminal");
  return [options](Context& context) { return deploy(context, *options); };
}

Action declare_rollback(Arguments& app) {
  const auto options = std::make_shared<RollbackOptions>();
  app.add_option("pipeline", options->pipeline, "its name")->type_name("PIPELINE")->required();
  app.add_option("--to", options->to, "number of the revision; default: the one before")
      ->type_name("N")
      ->positive();
  return [options](Context& context) { return rollback(context, *options); };
}

}  // namespace orch::cli
