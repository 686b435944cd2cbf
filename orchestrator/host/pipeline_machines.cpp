#include "orchestrator/host/pipeline_machines.h"

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::host {
namespace {

// Nothing here assumes a role, and the service's answers need one.
constexpr const char* role = "arn:aws:iam::123456789012:role/orch";
constexpr const char* configuration =
    R"({"loggingConfiguration":{"level":"OFF","includeExecutionData":false},)"
    R"("tracingConfiguration":{"enabled":false}})";

store::MachineRow made_machine(store::Machines& machines, const std::string& pipeline,
                               const std::string& hash, const std::string& definition) {
  auto machine = machines.find(pipeline);
  store::Revision revision{0, "", hash, role, configuration, wall_now()};
  if (!machine || machine->id == 0) {
    machines.add({0, pipeline, false, wall_now(), revision}, definition);
    return *machines.find(pipeline);
  }
  if (machine->revision.definition_hash != hash) {
    revision.uuid = stepfunctions::new_uuid();
    machines.update(machine->id, revision, definition);
    return *machines.find(pipeline);
  }
  return *machine;
}

}  // namespace

std::string alias_of(const std::string& environment) {
  return environment.empty() ? "live" : environment;
}

bool is_current(store::Machines& machines, const std::string& pipeline,
                const store::PipelineRevision& revision) {
  const auto machine = machines.find(pipeline);
  if (!machine || machine->id == 0 || !revision.machine_version) return false;
  if (machine->revision.definition_hash != revision.definition_hash) return false;
  if (!machines.version(machine->id, *revision.machine_version)) return false;
  const auto alias = machines.alias(machine->id, revision.alias);
  return alias && alias->routing == std::vector<store::Route>{{*revision.machine_version, 100}};
}

void publish(store::Machines& machines, const std::string& pipeline,
             store::PipelineRevision& revision, const std::string& definition) {
  const auto machine = made_machine(machines, pipeline, revision.definition_hash, definition);
  std::optional<store::VersionRow> version;
  if (revision.machine_version) version = machines.version(machine.id, *revision.machine_version);
  if (!version || version->revision.definition_hash != revision.definition_hash) {
    version = store::VersionRow{0, "made by orch deploy", wall_now(), machine.revision};
    version->number = machines.add_version(machine.id, *version);
  }
  revision.machine_revision = version->revision.id;
  revision.machine_version = version->number;
  const auto now = wall_now();
  auto alias = machines.alias(machine.id, revision.alias)
                   .value_or(store::AliasRow{revision.alias, "kept by orch deploy", {}, now, now});
  alias.routing = {{version->number, 100}};
  alias.updated_at = now;
  machines.put_alias(machine.id, alias);
}

}  // namespace orch::host
