// The states of a definition as JSON, whether or not it is a good one.
#pragma once

#include <string>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "orchestrator/json/locations.h"

namespace orch::stepfunctions {

/// Visits every state of every flow inside `flow`: `visit(place, name, object)`, where the place is
/// a JSON pointer behind `place`.
template <class Visit>
void for_each_state(const boost::json::value& flow, const std::string& place, const Visit& visit) {
  const auto* object = flow.if_object();
  const auto* states = object ? object->if_contains("States") : nullptr;
  if (!states || !states->is_object()) return;
  for (const auto& [name, state] : states->get_object()) {
    if (!state.is_object()) continue;
    const auto here = fmt::format("{}/States/{}", place, json::pointer_token(name));
    visit(here, std::string(name), state.get_object());
    for (const char* field : {"ItemProcessor", "Iterator"})
      if (const auto* nested = state.get_object().if_contains(field))
        for_each_state(*nested, fmt::format("{}/{}", here, field), visit);
    const auto* branches = state.get_object().if_contains("Branches");
    for (std::size_t i = 0; branches && branches->is_array() && i < branches->get_array().size();
         ++i)
      for_each_state(branches->get_array()[i], fmt::format("{}/Branches/{}", here, i), visit);
  }
}

}  // namespace orch::stepfunctions
