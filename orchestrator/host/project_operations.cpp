#include "orchestrator/host/project_operations.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/deployment.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/host/project_files.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/machines.h"

namespace orch::host {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

constexpr const char* connections_name = "connections.json";

/// Stays below the folder it starts at.
bool is_inside(const std::string& name) {
  const auto path = fs::path(name).lexically_normal();
  return !name.empty() && path.is_relative() && *path.begin() != ".." && path.has_filename();
}

void read_files(Parameters& parameters, store::ProjectVersion& version) {
  if (const auto* files = parameters.object("files")) {
    json::Fields fields(*files, "/files", parameters.problems());
    for (const auto& [key, value] : *files) {
      const std::string name(key);
      if (!is_inside(name))
        fields.problem(name, fmt::format("\"{}\" is no name of a file below the project", name));
      version.files[name] = fields.string(name).value_or("");
    }
  }
  // Relative paths start at the project's folder, wherever the copy is.
  auto& text = version.files[connections_name];
  try {
    const bj::value document =
        text.empty() ? bj::value(bj::object{{"version", 1}, {"connections", bj::object()}})
                     : json::parse(text);
    auto object = document.as_object();
    object["folder"] = version.folder;
    text = json::write(object);
  } catch (const std::exception&) {
    parameters.problem("files", fmt::format("{} is no JSON object", connections_name));
  }
}

WantedPipeline read_pipeline(const std::string& name, const bj::value& value,
                             json::Problems& problems) {
  const auto pointer = "/pipelines/" + name;
  WantedPipeline wanted{name, {}, {}};
  if (!pipeline::is_name(name))
    problems.push_back({pointer, fmt::format("\"{}\" is no name of a pipeline", name)});
  const auto* object = value.if_object();
  if (!object) {
    problems.push_back(
        {pointer, "a pipeline must be an object, found " + json::describe_type(value)});
    return wanted;
  }
  json::Fields fields(*object, pointer, problems);
  const auto* document = fields.object("document");
  wanted.definition = fields.required_string("definition");
  fields.finish("a pipeline to deploy");
  if (!document) return wanted;
  wanted.document = json::write(*document);
  json::Problems inside;
  pipeline::read(*document, inside);
  for (auto& problem : inside) {
    problem.pointer = pointer + "/document" + problem.pointer;
    problems.push_back(std::move(problem));
  }
  for (auto& problem : asl::parse(wanted.definition).problems) {
    if (problem.warning) continue;
    problem.pointer = pointer + "/definition" + problem.pointer;
    problems.push_back(std::move(problem));
  }
  return wanted;
}

WantedProject read_project(Parameters& parameters) {
  WantedProject wanted;
  auto& version = wanted.version;
  version.project = parameters.required_string("project");
  version.environment = parameters.text("environment");
  version.folder = parameters.required_string("folder");
  version.made_by = parameters.by();
  version.made_at = wall_now();
  read_files(parameters, version);
  if (const auto* pipelines = parameters.object("pipelines"))
    for (const auto& [name, value] : *pipelines)
      wanted.pipelines.push_back(read_pipeline(std::string(name), value, parameters.problems()));
  std::ranges::sort(wanted.pipelines, {}, &WantedPipeline::name);
  version.digest = store::project_digest(version);
  return wanted;
}

std::string_view to_string(Change change) {
  if (change == Change::made) return "made";
  return change == Change::changed ? "changed" : "removed";
}

bj::object side(const std::string& document, const std::string& definition) {
  return {{"document", json::parse(document)}, {"definition", definition}};
}

/// Texts of files, by name, that are not the same before and after.
bj::array file_changes(const DeployPlan& plan, const WantedProject& wanted) {
  static const std::map<std::string, std::string> none;
  const auto& before = plan.before ? plan.before->version.files : none;
  bj::array changes;
  const auto add = [&](const std::string& name) {
    const auto old = before.find(name), now = wanted.version.files.find(name);
    const auto* old_text = old == before.end() ? nullptr : &old->second;
    const auto* new_text = now == wanted.version.files.end() ? nullptr : &now->second;
    if (old_text && new_text && *old_text == *new_text) return;
    bj::object change{{"file", name}};
    change["before"] = old_text ? bj::value(*old_text) : bj::value();
    change["after"] = new_text ? bj::value(*new_text) : bj::value();
    changes.push_back(std::move(change));
  };
  for (const auto& [name, text] : before) add(name);
  for (const auto& [name, text] : wanted.version.files)
    if (!before.contains(name)) add(name);
  return changes;
}

bj::object plan_document(Site& site, const WantedProject& wanted, const DeployPlan& plan) {
  bj::array changes;
  for (const auto& change : plan.changes) {
    bj::object one{{"pipeline", change.name}, {"change", to_string(change.change)}};
    if (!change.reason.empty()) one["reason"] = change.reason;
    if (change.before) {
      const auto& revision = change.before->revision;
      one["revision"] = revision.number;
      one["before"] = side(revision.document, site.store.definition(revision.definition_hash));
    }
    if (change.after) one["after"] = side(change.after->document, change.after->definition);
    changes.push_back(std::move(one));
  }
  return {{"project", wanted.version.project}, {"environment", wanted.version.environment},
          {"changes", std::move(changes)},     {"files", file_changes(plan, wanted)},
          {"unchanged", plan.unchanged},       {"basis", plan.basis}};
}

bj::object plan(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.plan", given);
  const auto wanted = read_project(parameters);
  parameters.done();
  return plan_document(site, wanted, plan_deploy(site.store, site.store_url, wanted));
}

bj::object deploy(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.deploy", given);
  const auto basis = parameters.string("basis");
  const auto wanted = read_project(parameters);
  parameters.done();
  keep_project_files(site.store_url, wanted.version);
  bj::object document;
  site.store.machines().transact([&] {
    const auto plan = plan_deploy(site.store, site.store_url, wanted);
    if (basis && *basis != plan.basis && !plan.changes.empty())
      throw Error("ORCH-0817", "the store was changed since the plan was made",
                  "deploy again: the plan shows what it does now");
    document = plan_document(site, wanted, plan);
    if (!plan.changes.empty() || !plan.before) carry_out(site.store, site.store_url, wanted, plan);
  });
  tell_engine(site);
  return document;
}

bj::object rollback(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.rollback", given);
  const auto name = parameters.name();
  const auto to = parameters.integer("to", 1, std::numeric_limits<std::int64_t>::max());
  const auto by = parameters.by();
  parameters.done();
  // Its files may have been lost beside the store.
  keep_project_files(site.store_url, site.store);
  bj::object document{{"name", name}};
  site.store.machines().transact([&] {
    if (const auto row = site.store.pipelines().find(name)) document["from"] = row->revision.number;
    document["revision"] = roll_back(site.store, name, to, by);
  });
  tell_engine(site);
  return document;
}

}  // namespace

std::vector<Operation> project_operations() {
  return {{"pipelines.plan", false, plan},
          {"pipelines.deploy", true, deploy},
          {"pipelines.rollback", true, rollback}};
}

}  // namespace orch::host
