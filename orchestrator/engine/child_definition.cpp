#include "orchestrator/engine/child_definition.h"

#include <boost/json/object.hpp>

#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

/// The object of the state `name`, wherever it stands; null when there is none.
const bj::object* find_state(const bj::object& flow, const std::string& name) {
  const auto* states = flow.if_contains("States");
  if (!states || !states->is_object()) return nullptr;
  for (const auto& [key, value] : states->get_object()) {
    const auto* state = value.if_object();
    if (!state) continue;
    if (key == name) return state;
    for (const char* field : {"ItemProcessor", "Iterator"}) {
      const auto* processor = state->if_contains(field);
      if (!processor || !processor->is_object()) continue;
      if (const auto* found = find_state(processor->get_object(), name)) return found;
    }
    const auto* branches = state->if_contains("Branches");
    if (!branches || !branches->is_array()) continue;
    for (const auto& branch : branches->get_array()) {
      if (const auto* found = find_state(branch.as_object(), name)) return found;
    }
  }
  return nullptr;
}

}  // namespace

std::string child_definition(const std::string& definition, const std::string& state) {
  const auto document = json::parse(definition);
  const auto& whole = document.as_object();
  const auto& map = *find_state(whole, state);
  const auto* processor = map.if_contains("ItemProcessor");
  if (!processor) processor = map.if_contains("Iterator");
  bj::object child;
  if (const auto* language = whole.if_contains("QueryLanguage")) child["QueryLanguage"] = *language;
  for (const auto& [name, value] : processor->as_object()) {
    if (name != "ProcessorConfig") child.insert_or_assign(name, value);
  }
  return json::write(child);
}

}  // namespace orch::engine
