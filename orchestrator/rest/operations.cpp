// What the owner of the store can be asked for by name (host/operations.h): pipelines, holds,
// limits, housekeeping, as each of them is there.
#include "orchestrator/host/operations.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/subjects.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

struct Rule {
  std::string_view noun;
  Role reads;
  Role writes;
};

// What is not here is an administrator's: an operation that only reads the store may still write
// files of the server, as a backup does.
constexpr std::array rules = {
    Rule{"alerts", Role::viewer, Role::operator_},
    Rule{"backfills", Role::viewer, Role::operator_},
    Rule{"connections", Role::viewer, Role::operator_},
    Rule{"fires", Role::viewer, Role::operator_},
    Rule{"holds", Role::viewer, Role::operator_},
    Rule{"limits", Role::viewer, Role::operator_},
    Rule{"pipelines", Role::viewer, Role::operator_},
    Rule{"retention", Role::viewer, Role::admin},
};
// Operations that change what is done, and not only when; a plan reads the project that it is
// given.
constexpr std::array<std::string_view, 4> edits = {"pipelines.deploy", "pipelines.plan",
                                                   "pipelines.rollback", "pipelines.remove"};

Role role_of(const host::Operation& operation) {
  if (std::ranges::find(edits, std::string_view(operation.name)) != edits.end())
    return Role::editor;
  const auto noun = std::string_view(operation.name).substr(0, operation.name.find('.'));
  const auto* found = std::ranges::find(rules, noun, &Rule::noun);
  if (found == rules.end()) return Role::admin;
  return operation.writes ? found->writes : found->reads;
}

Answer list_operations(Request&) {
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& each : host::operations())
    items.push_back(bj::object{
        {"name", each.name}, {"writes", each.writes}, {"role", to_string(role_of(each))}});
  return {std::move(page)};
}

const host::Operation& operation_in(const Request& request) {
  const auto& name = request.in_path("operation");
  const auto all = host::operations();
  const auto found = std::ranges::find(all, name, &host::Operation::name);
  if (found == all.end())
    throw Refused(http::Status::not_found, "ORCH-0040", fmt::format("no operation \"{}\"", name),
                  "/v1/operations lists them");
  return *found;
}

// Who asks is who asks, whatever the request says.
Answer perform(Request& request) {
  const auto& operation = operation_in(request);
  const auto needed = role_of(operation);
  if (request.caller.role < needed)
    throw Refused(http::Status::forbidden, "ORCH-0047",
                  fmt::format("{} is {}: {} takes {}", request.caller.name,
                              to_string(request.caller.role), operation.name, to_string(needed)));
  require_in_scope(request, operation.name);
  name_object(request, {"name", "server", "connection", "pipeline", "run", "subject", "to"});
  auto parameters = request.body;
  if (parameters.contains("by")) parameters["by"] = request.caller.name;
  return {request.server.owner.perform(operation.name, parameters)};
}

}  // namespace

void add_operation_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/operations",
                "operations.list",
                "What can be done by name, as commands of orch do it, and which role it takes",
                Role::viewer,
                {},
                {},
                "OperationPage",
                list_operations,
                Reach::open});
  to.push_back({verb::post,
                "/v1/operations/{operation}",
                "operations.perform",
                "Do it: the body has its parameters, the answer its result",
                Role::viewer,
                {},
                "Parameters",
                "Result",
                perform,
                Reach::filtered});
}

}  // namespace orch::rest
