// CreateStateMachineAlias, DescribeStateMachineAlias, UpdateStateMachineAlias,
// ListStateMachineAliases, DeleteStateMachineAlias.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/resolve.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

constexpr Length description_length{0, 256};
constexpr std::int64_t most_aliases = 100;

struct Routing {
  std::string machine;  ///< name
  std::vector<store::Route> routes;
};

// Not all digits: that would be a version.
constexpr std::string_view alias_pattern = R"(^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$)";

bool is_alias_name(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_other = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  };
  return std::any_of(name.begin(), name.end(), is_other) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_digit(c) || is_other(c); });
}

[[noreturn]] void refuse_routing(const std::string& message) {
  throw ServiceError("ValidationException", message, {{"reason", "INVALID_ROUTING_CONFIGURATION"}});
}

void check_weights(const std::vector<store::Route>& routes) {
  std::int64_t sum = 0;
  for (const auto& route : routes) sum += route.second;
  if (sum != 100)
    refuse_routing(
        fmt::format("Sum of routing configuration weights must equal 100. Received: {}", sum));
  if (routes.size() == 2 && routes[0].first == routes[1].first)
    refuse_routing("Routing configuration must not contain duplicate state machine version ARNs.");
}

Routing read_routing(Request& request, const std::vector<const Object*>& list) {
  Routing routing;
  std::vector<std::string> arns;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Parameters route(*list[i]);
    arns.push_back(route.required("stateMachineVersionArn", {1, 256}));
    const auto weight = route.integer("weight", 0, 100);
    route.require("weight", weight.has_value());
    request.in.adopt(fmt::format("routingConfiguration.{}.member", i + 1), route);
    routing.routes.emplace_back(0, weight.value_or(0));
    shown.push_back(
        fmt::format("RoutingConfigurationListItem(stateMachineVersionArn={}, weight={})",
                    arns.back(), weight.value_or(0)));
  }
  request.in.require_size("routingConfiguration", list.size(), {1, 2},
                          fmt::format("[{}]", fmt::join(shown, ", ")));
  request.in.check();
  for (std::size_t i = 0; i < arns.size(); ++i) {
    const auto named = parse_machine_arn(arns[i]);
    if (!named.version())
      refuse_routing(fmt::format(
          "Routing configuration must contain state machine version ARNs. Received: [{}]",
          fmt::join(arns, ", ")));
    if (i > 0 && named.name != routing.machine)
      refuse_routing("Routing configuration must contain versions of one state machine.");
    routing.machine = named.name;
    routing.routes[i].first = *named.version();
  }
  check_weights(routing.routes);
  return routing;
}

store::MachineRow machine_of(Request& request, const Routing& routing) {
  const auto machine = request.machines().find(routing.machine);
  if (!machine) refuse_resource(request.place().machine(routing.machine));
  for (const auto& route : routing.routes)
    if (!request.machines().version(machine->id, route.first))
      refuse_resource(request.place().qualified(routing.machine, std::to_string(route.first)));
  return *machine;
}

struct Found {
  store::MachineRow machine;
  store::AliasRow alias;
};

std::optional<Found> find_alias(Request& request, const std::string& arn) {
  const auto named = parse_machine_arn(arn);
  if (named.qualifier.empty() || named.version())
    throw ServiceError("ValidationException", "The ARN must name a state machine alias: " + arn);
  auto machine = request.machines().find(named.name);
  if (!machine) return std::nullopt;
  auto alias = request.machines().alias(machine->id, named.qualifier);
  if (!alias) return std::nullopt;
  return Found{std::move(*machine), std::move(*alias)};
}

bj::array routing_list(Request& request, const Found& found) {
  bj::array list;
  for (const auto& [version, weight] : found.alias.routing)
    list.push_back(Object{{"stateMachineVersionArn",
                           request.place().qualified(found.machine.name, std::to_string(version))},
                          {"weight", weight}});
  return list;
}

}  // namespace

Object create_state_machine_alias(Request& request) {
  auto& in = request.in;
  store::AliasRow wanted;
  wanted.name = in.required("name", {1, 80});
  wanted.description = in.text_or("description", "", description_length);
  const auto list = in.objects("routingConfiguration");
  in.require("routingConfiguration", list.has_value());
  in.require_pattern("name", wanted.name, is_alias_name(wanted.name), alias_pattern);
  in.check();
  const auto routing = read_routing(request, *list);
  wanted.routing = routing.routes;
  wanted.created_at = wanted.updated_at = wall_now();
  request.machines().transact([&] {
    const auto machine = machine_of(request, routing);
    if (const auto present = request.machines().alias(machine.id, wanted.name)) {
      if (present->description != wanted.description || present->routing != wanted.routing)
        throw ServiceError("ConflictException",
                           "Failed to create alias because an alias with the same name and a "
                           "different routing configuration already exists.");
      wanted = *present;
      return;
    }
    if (std::ssize(request.machines().aliases(machine.id, "", most_aliases)) >= most_aliases)
      throw ServiceError("ServiceQuotaExceededException",
                         fmt::format("a state machine has at most {} aliases", most_aliases));
    request.machines().put_alias(machine.id, wanted);
  });
  return {{"stateMachineAliasArn", request.place().qualified(routing.machine, wanted.name)},
          {"creationDate", epoch_seconds(wanted.created_at)}};
}

Object describe_state_machine_alias(Request& request) {
  const auto arn = request.in.required("stateMachineAliasArn", {1, 256});
  request.in.check();
  const auto found = find_alias(request, arn);
  if (!found) refuse_resource(arn);
  Object out{{"stateMachineAliasArn", arn},
             {"name", found->alias.name},
             {"routingConfiguration", routing_list(request, *found)},
             {"creationDate", epoch_seconds(found->alias.created_at)},
             {"updateDate", epoch_seconds(found->alias.updated_at)}};
  if (!found->alias.description.empty()) out["description"] = found->alias.description;
  return out;
}

Object update_state_machine_alias(Request& request) {
  auto& in = request.in;
  const auto arn = in.required("stateMachineAliasArn", {1, 256});
  const auto description = in.text("description", description_length);
  const auto list = in.objects("routingConfiguration");
  in.check();
  if (!description && !list)
    throw ServiceError("ValidationException",
                       "Either the description or the routing configuration must be specified",
                       {{"reason", "MISSING_REQUIRED_PARAMETER"}});
  std::optional<Routing> routing;
  if (list) routing = read_routing(request, *list);
  const auto now = wall_now();
  request.machines().transact([&] {
    auto found = find_alias(request, arn);
    if (!found) refuse_resource(arn);
    if (routing && machine_of(request, *routing).id != found->machine.id)
      refuse_routing("Routing configuration must contain versions of the alias' state machine.");
    if (routing) found->alias.routing = routing->routes;
    if (description) found->alias.description = *description;
    found->alias.updated_at = now;
    request.machines().put_alias(found->machine.id, found->alias);
  });
  return {{"updateDate", epoch_seconds(now)}};
}

Object list_state_machine_aliases(Request& request) {
  const auto arn = request.in.required("stateMachineArn", {1, 256});
  const auto page = read_page(request, "aliases " + arn);
  const auto target = resolve(request.machines(), arn);
  auto rows = request.machines().aliases(target.machine.id, page.behind, page.size + 1);
  if (target.version)
    std::erase_if(rows, [&](const store::AliasRow& row) {
      return std::none_of(row.routing.begin(), row.routing.end(), [&](const store::Route& route) {
        return route.first == target.version->number;
      });
    });
  Object out;
  end_page(request, page, rows, out, [](const store::AliasRow& row) { return row.name; });
  bj::array names;
  for (const auto& row : rows)
    names.push_back(
        Object{{"stateMachineAliasArn", request.place().qualified(target.machine.name, row.name)},
               {"creationDate", epoch_seconds(row.created_at)}});
  out["stateMachineAliases"] = std::move(names);
  return out;
}

Object delete_state_machine_alias(Request& request) {
  const auto arn = request.in.required("stateMachineAliasArn", {1, 256});
  request.in.check();
  request.machines().transact([&] {
    if (const auto found = find_alias(request, arn))
      request.machines().remove_alias(found->machine.id, found->alias.name);
  });
  return {};
}

}  // namespace orch::stepfunctions
