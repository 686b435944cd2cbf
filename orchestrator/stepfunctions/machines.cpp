// CreateStateMachine, DescribeStateMachine, UpdateStateMachine, DeleteStateMachine,
// ListStateMachines, DescribeStateMachineForExecution.
#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/definitions.h"
#include "orchestrator/stepfunctions/executions.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/publish.h"
#include "orchestrator/stepfunctions/resolve.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

// arn:PARTITION:iam::ACCOUNT:role/NAME. Nothing here assumes the role.
void check_role_arn(const std::string& arn) {
  const auto service = arn.find(":iam::");
  const auto role = arn.find(":role/");
  const bool good = arn.starts_with("arn:") && service != arn.npos && role != arn.npos &&
                    service < role && role + 6 < arn.size();
  if (!good) throw ServiceError("InvalidArn", fmt::format("Invalid Role Arn: '{}'", arn));
}

Object read_logging(Request& request) {
  Object out{{"level", "OFF"}, {"includeExecutionData", false}};
  const auto* given = request.in.object("loggingConfiguration");
  if (!given) return out;
  Parameters in(*given);
  const auto level = in.one_of("level", {"ALL", "ERROR", "FATAL", "OFF"}).value_or("OFF");
  out["level"] = level;
  out["includeExecutionData"] = in.flag("includeExecutionData");
  const auto destinations = in.objects("destinations");
  request.in.adopt("loggingConfiguration", in);
  if (destinations && !destinations->empty()) out["destinations"] = given->at("destinations");
  if (level != "OFF" && (!destinations || destinations->size() != 1))
    throw ServiceError("InvalidLoggingConfiguration",
                       "Invalid Logging Configuration: Must specify exactly one Log Destination.");
  return out;
}

Object read_tracing(Request& request) {
  const auto* given = request.in.object("tracingConfiguration");
  return {{"enabled", given && Parameters(*given).flag("enabled")}};
}

// The members of a request that are kept as they are given; those it does not have stay as in
// `before`.
std::string read_configuration(Request& request, const std::string& before) {
  auto kept = json::parse(before).as_object();
  const auto read = [&](const char* name, Object (*reader)(Request&)) {
    if (!kept.contains(name) || request.in.object(name)) kept[name] = reader(request);
  };
  read("loggingConfiguration", read_logging);
  read("tracingConfiguration", read_tracing);
  read("encryptionConfiguration", read_encryption);
  return json::write(kept);
}

// Without its data the definition is {}, as the service answers METADATA_ONLY.
void describe_revision(Request& request, const store::Revision& revision, bool with_data,
                       Object& out) {
  const auto text =
      with_data ? request.desk.reader->definition(revision.definition_hash) : std::string("{}");
  out["definition"] = text;
  out["roleArn"] = revision.role;
  if (!revision.uuid.empty()) out["revisionId"] = revision.uuid;
  auto configuration = json::parse(revision.configuration).as_object();
  // Runs of `orch submit` come without.
  configuration.emplace("loggingConfiguration",
                        Object{{"level", "OFF"}, {"includeExecutionData", false}});
  configuration.emplace("tracingConfiguration", Object{{"enabled", false}});
  for (auto& [name, value] : configuration) out[name] = std::move(value);
  auto references = with_data ? variable_references(text) : Object();
  if (!references.empty()) out["variableReferences"] = std::move(references);
}

Object created(Request& request, const store::MachineRow& machine,
               const std::optional<std::int64_t>& version) {
  Object out{{"stateMachineArn", request.place().machine(machine.name)},
             {"creationDate", epoch_seconds(machine.created_at)}};
  if (version)
    out["stateMachineVersionArn"] =
        request.place().qualified(machine.name, std::to_string(*version));
  return out;
}

bool same(const store::MachineRow& present, const store::MachineRow& wanted) {
  return present.express == wanted.express &&
         present.revision.definition_hash == wanted.revision.definition_hash &&
         present.revision.role == wanted.revision.role &&
         present.revision.configuration == wanted.revision.configuration;
}

}  // namespace

Object create_state_machine(Request& request) {
  auto& in = request.in;
  store::MachineRow wanted;
  wanted.name = in.required("name", {1, 80});
  const auto definition = in.required("definition", {1, 1'048'576});
  wanted.revision.role = in.required("roleArn", arn_length);
  wanted.express = in.one_of("type", {"STANDARD", "EXPRESS"}).value_or("STANDARD") == "EXPRESS";
  wanted.revision.configuration = read_configuration(request, "{}");
  const auto publishing = read_publishing(request);
  const auto tags = read_tags(request);
  in.check();
  check_name(wanted.name);
  check_role_arn(wanted.revision.role);
  check_definition(request.desk, definition, wanted.express);
  wanted.revision.definition_hash = store::definition_hash(definition);
  wanted.created_at = wanted.revision.created_at = wall_now();
  std::optional<std::int64_t> version;
  request.machines().transact([&] {
    auto present = request.machines().find(wanted.name);
    if (present && present->id > 0 && !same(*present, wanted))
      throw ServiceError(
          "StateMachineAlreadyExists",
          fmt::format("State Machine Already Exists: '{}'", request.place().machine(wanted.name)));
    if (!present || present->id == 0) {
      request.machines().add(wanted, definition);
      present = request.machines().find(wanted.name);
      keep_tags(request, "stateMachine:" + wanted.name, tags, request.place().machine(wanted.name));
    }
    wanted = *present;
    if (publishing.wanted) version = publish(request, wanted, publishing.description).number;
  });
  return created(request, wanted, version);
}

Object describe_state_machine(Request& request) {
  const auto arn = request.in.required("stateMachineArn", arn_length);
  const auto included = request.in.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  request.in.check();
  const auto target = resolve(request.machines(), arn);
  Object out{{"stateMachineArn", arn},
             {"name", target.machine.name},
             {"status", "ACTIVE"},
             {"type", target.machine.express ? "EXPRESS" : "STANDARD"},
             {"creationDate", epoch_seconds(target.version ? target.version->created_at
                                                           : target.machine.created_at)}};
  if (target.version && !target.version->description.empty())
    out["description"] = target.version->description;
  describe_revision(request, target.revision(), included != "METADATA_ONLY", out);
  return out;
}

Object update_state_machine(Request& request) {
  auto& in = request.in;
  const auto arn = in.required("stateMachineArn", arn_length);
  auto definition = in.text("definition", {1, 1'048'576});
  const auto role = in.text("roleArn", arn_length);
  const bool configured = in.object("loggingConfiguration") || in.object("tracingConfiguration") ||
                          in.object("encryptionConfiguration");
  const auto publishing = read_publishing(request);
  in.check();
  auto machine = made_machine(request, arn);
  if (!definition && !role && !configured)
    throw ServiceError("MissingRequiredParameter",
                       "Either the definition, the role ARN, the LoggingConfiguration, or the "
                       "TracingConfiguration must be specified");
  if (role) check_role_arn(*role);
  if (definition) check_definition(request.desk, *definition, machine.express);
  Object out;
  request.machines().transact([&] {
    machine = made_machine(request, arn);
    auto wanted = machine;
    if (definition) wanted.revision.definition_hash = store::definition_hash(*definition);
    if (role) wanted.revision.role = *role;
    wanted.revision.configuration = read_configuration(request, machine.revision.configuration);
    in.check();
    if (!same(machine, wanted)) {
      wanted.revision.uuid = new_uuid();
      wanted.revision.created_at = wall_now();
      if (!definition)
        definition = request.desk.reader->definition(wanted.revision.definition_hash);
      wanted.revision.id = request.machines().update(machine.id, wanted.revision, *definition);
      machine = wanted;
    }
    out["updateDate"] = epoch_seconds(wall_now());
    if (!machine.revision.uuid.empty()) out["revisionId"] = machine.revision.uuid;
    if (!publishing.wanted) return;
    const auto version = publish(request, machine, publishing.description).number;
    out["stateMachineVersionArn"] =
        request.place().qualified(machine.name, std::to_string(version));
  });
  return out;
}

Object delete_state_machine(Request& request) {
  const auto arn = request.in.required("stateMachineArn", arn_length);
  request.in.check();
  const auto named = parse_machine_arn(arn);
  if (named.qualifier.empty())
    request.machines().transact([&] { request.machines().remove(named.name); });
  return {};
}

Object list_state_machines(Request& request) {
  const auto page = read_page(request, "machines");
  auto rows = request.machines().list(page.behind, page.size + 1);
  Object out;
  end_page(request, page, rows, out, [](const store::MachineRow& row) { return row.name; });
  bj::array list;
  for (const auto& row : rows)
    list.push_back(Object{{"stateMachineArn", request.place().machine(row.name)},
                          {"name", row.name},
                          {"type", row.express ? "EXPRESS" : "STANDARD"},
                          {"creationDate", epoch_seconds(row.created_at)}});
  out["stateMachines"] = std::move(list);
  return out;
}

Object describe_state_machine_for_execution(Request& request) {
  const auto arn = request.in.required("executionArn", arn_length);
  const auto included = request.in.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  request.in.check();
  const auto row = find_execution(request, arn);
  store::Revision revision;
  revision.configuration = "{}";
  revision.created_at = row.made.started_at;
  if (row.made.service.revision) {
    if (auto found = request.machines().revision(*row.made.service.revision))
      revision = std::move(*found);
  }
  // Of a run that was resumed with a corrected definition, that one.
  revision.definition_hash = row.made.definition_hash;
  Object out{{"stateMachineArn", machine_arn_of(request, row)},
             {"name", row.made.workflow},
             {"updateDate", epoch_seconds(revision.created_at)}};
  describe_revision(request, revision, included != "METADATA_ONLY", out);
  return out;
}

}  // namespace orch::stepfunctions
