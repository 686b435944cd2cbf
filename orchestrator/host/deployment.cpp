#include "orchestrator/host/deployment.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/pipeline_machines.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/host/project_files.h"
#include "orchestrator/store/machines.h"

namespace orch::host {
namespace {

void refuse_other_environment(const std::optional<store::ProjectRow>& before,
                              const store::ProjectVersion& wanted) {
  if (!before || before->version.environment == wanted.environment) return;
  const auto named = [](const std::string& environment) {
    return environment.empty() ? std::string("no environment") : environment;
  };
  throw Error("ORCH-0815",
              fmt::format("the store has the project {} as {}, not as {}", wanted.project,
                          named(before->version.environment), named(wanted.environment)),
              "each environment has a store of its own: name it with --store, or as \"store\" of "
              "the environment in project.json");
}

void refuse_taken(store::Store& store, const std::optional<store::PipelineRow>& row,
                  const std::string& name, const std::string& project) {
  if (row && row->project != project)
    throw Error("ORCH-0814",
                fmt::format("the pipeline {} is of the project {}, not of {}", name,
                            row->project.empty() ? "(none)" : row->project, project),
                "pipelines of a store have names of their own: rename the file");
  if (row) return;
  const auto machine = store.machines().find(name);
  if (machine && machine->id != 0)
    throw Error("ORCH-0814",
                fmt::format("there is a state machine {} that no deploy has made", name),
                "rename the pipeline's file, or delete the state machine");
}

bool is_same(const store::PipelineRow& row, const WantedPipeline& wanted,
             const std::string& connections, const std::string& alias) {
  const auto& revision = row.revision;
  return revision.document == wanted.document && revision.alias == alias &&
         revision.definition_hash == store::definition_hash(wanted.definition) &&
         revision.connections == connections;
}

std::string basis_of(const std::vector<store::PipelineRow>& rows,
                     const std::optional<store::ProjectRow>& project) {
  std::string text = project ? project->version.digest : "";
  for (const auto& row : rows) text += fmt::format("\n{} {}", row.name, row.revision.id);
  return store::definition_hash(text);
}

void put_pipeline(store::Store& store, const PipelineChange& change, const WantedProject& wanted,
                  const std::string& connections) {
  store::PipelineRevision revision;
  // A version of the same definition is used again.
  if (change.before) revision = change.before->revision;
  revision.document = change.after->document;
  revision.workflow = change.name;
  revision.definition_hash = store::definition_hash(change.after->definition);
  revision.connections = connections;
  revision.alias = alias_of(wanted.version.environment);
  revision.made_at = wall_now();
  revision.made_by = wanted.version.made_by;
  publish(store.machines(), change.name, revision, change.after->definition);
  revision = store.pipelines().add_revision(change.name, revision, change.after->definition);
  auto row = change.before.value_or(store::PipelineRow{change.name, {}, {}, {}, {}});
  row.project = wanted.version.project;
  row.revision = std::move(revision);
  row.deployed_at = wall_now();
  store.pipelines().put(row);
}

}  // namespace

DeployPlan plan_deploy(store::Store& store, const std::string& store_url,
                       const WantedProject& wanted) {
  DeployPlan plan;
  plan.before = store.projects().find(wanted.version.project);
  refuse_other_environment(plan.before, wanted.version);
  const auto connections = connections_of(store_url, wanted.version).string();
  const auto alias = alias_of(wanted.version.environment);
  for (const auto& pipeline : wanted.pipelines) {
    auto row = store.pipelines().find(pipeline.name);
    refuse_taken(store, row, pipeline.name, wanted.version.project);
    PipelineChange change{row ? Change::changed : Change::made, pipeline.name, row, &pipeline};
    if (row && is_same(*row, pipeline, connections, alias)) {
      if (is_current(store.machines(), pipeline.name, row->revision)) {
        ++plan.unchanged;
        continue;
      }
      change.reason = "its state machine is not as it was deployed";
    }
    plan.changes.push_back(std::move(change));
  }
  const auto rows = store.pipelines().list();
  for (const auto& row : rows) {
    const bool wanted_still = std::ranges::find(wanted.pipelines, row.name,
                                                &WantedPipeline::name) != wanted.pipelines.end();
    if (row.project == wanted.version.project && !wanted_still)
      plan.changes.push_back({Change::removed, row.name, row, nullptr});
  }
  std::ranges::sort(plan.changes, {}, &PipelineChange::name);
  plan.basis = basis_of(rows, plan.before);
  return plan;
}

void carry_out(store::Store& store, const std::string& store_url, const WantedProject& wanted,
               const DeployPlan& plan) {
  const auto connections = connections_of(store_url, wanted.version).string();
  for (const auto& change : plan.changes) {
    fault::point("deploy.change");
    if (change.change == Change::removed) {
      store.pipelines().remove(change.name, "the pipeline was removed by a deploy");
      store.machines().remove(change.name);
    } else {
      put_pipeline(store, change, wanted, connections);
    }
  }
  store.projects().put({wanted.version, wall_now()});
  fault::point("deploy.before_commit");
}

std::int64_t roll_back(store::Store& store, const std::string& pipeline,
                       std::optional<std::int64_t> number, const std::string& by) {
  auto row = required_pipeline(store, pipeline);
  const auto revisions = store.pipelines().revisions(pipeline);  // newest first
  const auto found = std::ranges::find_if(revisions, [&](const auto& revision) {
    return number ? revision.number == *number : revision.number < row.revision.number;
  });
  if (found == revisions.end())
    throw Error("ORCH-0816",
                number ? fmt::format("the pipeline {} has no revision {}", pipeline, *number)
                       : fmt::format("the pipeline {} has no revision before {}", pipeline,
                                     row.revision.number),
                fmt::format("it has the revisions {} to {}", revisions.back().number,
                            revisions.front().number));
  auto revision = *found;
  const auto definition = store.definition(revision.definition_hash);
  publish(store.machines(), pipeline, revision, definition);
  // Revisions never change: one with another version of the state machine is another one.
  if (revision.machine_version != found->machine_version) {
    revision.made_at = wall_now();
    revision.made_by = by;
    revision = store.pipelines().add_revision(pipeline, revision, definition);
  }
  row.revision = std::move(revision);
  row.deployed_at = wall_now();
  store.pipelines().put(row);
  fault::point("deploy.before_commit");
  return row.revision.number;
}

}  // namespace orch::host
