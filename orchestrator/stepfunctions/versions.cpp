// PublishStateMachineVersion, ListStateMachineVersions, DeleteStateMachineVersion.
#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/publish.h"
#include "orchestrator/stepfunctions/resolve.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t most_versions = 1'000;
constexpr std::int64_t most_aliases = 100;

std::vector<std::string> aliases_of(Request& request, std::int64_t machine, std::int64_t version) {
  std::vector<std::string> names;
  for (const auto& alias : request.machines().aliases(machine, "", most_aliases))
    for (const auto& route : alias.routing)
      if (route.first == version) names.push_back(alias.name);
  return names;
}

}  // namespace

Publishing read_publishing(Request& request) {
  const auto description = request.in.text("versionDescription", {0, 256});
  const bool wanted = request.in.flag("publish");
  if (description && !wanted)
    throw ServiceError("ValidationException",
                       "Version description can only be set when publish is true");
  return {wanted, description.value_or("")};
}

store::VersionRow publish(Request& request, const store::MachineRow& machine,
                          const std::string& description) {
  const auto versions = request.machines().versions(machine.id, no_bound, most_versions);
  const auto same = std::find_if(versions.begin(), versions.end(), [&](const auto& version) {
    return version.revision.id == machine.revision.id;
  });
  if (same != versions.end()) return *same;
  if (std::ssize(versions) >= most_versions)
    throw ServiceError("ServiceQuotaExceededException",
                       fmt::format("a state machine has at most {} versions", most_versions));
  store::VersionRow made{0, description, wall_now(), machine.revision};
  made.number = request.machines().add_version(machine.id, made);
  return made;
}

Object publish_state_machine_version(Request& request) {
  const auto arn = request.in.required("stateMachineArn", {1, 256});
  const auto revision = request.in.text("revisionId");
  const auto description = request.in.text_or("description", "", {0, 256});
  request.in.check();
  Object out;
  request.machines().transact([&] {
    const auto machine = made_machine(request, arn);
    if (revision && *revision != machine.revision.uuid &&
        !(*revision == "INITIAL" && machine.revision.uuid.empty()))
      throw ServiceError("ConflictException",
                         "Failed to publish the State Machine version for revision " + *revision +
                             ". The current State Machine revision is " +
                             (machine.revision.uuid.empty() ? "INITIAL" : machine.revision.uuid) +
                             ".");
    const auto version = publish(request, machine, description);
    out["creationDate"] = epoch_seconds(version.created_at);
    out["stateMachineVersionArn"] =
        request.place().qualified(machine.name, std::to_string(version.number));
  });
  return out;
}

Object list_state_machine_versions(Request& request) {
  const auto arn = request.in.required("stateMachineArn", {1, 256});
  const auto page = read_page(request, "versions " + arn);
  const auto machine = made_machine(request, arn);
  const auto below = page.behind.empty() ? no_bound : std::stoll(page.behind);
  auto rows = request.machines().versions(machine.id, below, page.size + 1);
  Object out;
  end_page(request, page, rows, out,
           [](const store::VersionRow& row) { return std::to_string(row.number); });
  bj::array list;
  for (const auto& row : rows)
    list.push_back(Object{{"stateMachineVersionArn",
                           request.place().qualified(machine.name, std::to_string(row.number))},
                          {"creationDate", epoch_seconds(row.created_at)}});
  out["stateMachineVersions"] = std::move(list);
  return out;
}

Object delete_state_machine_version(Request& request) {
  const auto arn = request.in.required("stateMachineVersionArn", {1, 2000});
  request.in.check();
  const auto named = parse_machine_arn(arn);
  const auto number = named.version();
  if (!number)
    throw ServiceError("ValidationException", "The ARN must name a state machine version: " + arn);
  request.machines().transact([&] {
    const auto machine = request.machines().find(named.name);
    if (!machine) return;
    const auto aliases = aliases_of(request, machine->id, *number);
    if (!aliases.empty())
      throw ServiceError("ConflictException",
                         fmt::format("Version to be deleted must not be referenced by an alias. "
                                     "Current list of aliases referencing this version: [{}]",
                                     fmt::join(aliases, ", ")));
    request.machines().remove_version(machine->id, *number);
  });
  return {};
}

}  // namespace orch::stepfunctions
