// Scopes of variables: an inner flow may read an outer variable, but not assign it.
#include <set>

#include <fmt/format.h>

#include "orchestrator/asl/references.h"
#include "orchestrator/asl/validate.h"
#include "orchestrator/json/locations.h"

namespace orch::asl {
namespace {

using Names = std::set<std::string>;

/// What is assigned in the flow before its state `except` has ended: that state's own Assign and
/// Catch come after its branches and iterations.
Names assigned_in(const Flow& flow, const State& except) {
  Names names;
  for (const auto& [name, state] : flow.states) {
    if (&state != &except) names.merge(assigned_variables(state));
  }
  return names;
}

void check(const Flow& flow, const std::string& pointer, const Names& outer, Problems& problems) {
  for (const auto& [name, state] : flow.states) {
    auto visible = outer;
    if (std::holds_alternative<Parallel>(state.body) || std::holds_alternative<Map>(state.body))
      visible.merge(assigned_in(flow, state));
    const auto place = pointer + "/States/" + json::pointer_token(name);
    for (const auto& variable : assigned_variables(state)) {
      if (outer.contains(variable))
        problems.push_back(
            {place + "/Assign",
             fmt::format("the variable {} belongs to the flow around this one", variable),
             "a branch or iteration may read it; assign to a name of its own"});
    }
    if (const auto* parallel = std::get_if<Parallel>(&state.body)) {
      for (std::size_t i = 0; i < parallel->branches.size(); ++i)
        check(parallel->branches[i], fmt::format("{}/Branches/{}", place, i), visible, problems);
    } else if (const auto* map = std::get_if<Map>(&state.body)) {
      // Executions of their own see nothing of this one.
      check(map->processor, place + "/" + map->processor_field,
            map->distributed ? Names() : visible, problems);
    }
  }
}

}  // namespace

void validate_variables(const Flow& flow, Problems& problems) { check(flow, "", {}, problems); }

}  // namespace orch::asl
