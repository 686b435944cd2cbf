#include "orchestrator/engine/executed_states.h"

#include <map>

#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

using States = std::map<std::string, bj::object, std::less<>>;

void collect(const bj::object& flow, States& states);

// The state without its nested flows, which are collected on their own.
void collect_state(const std::string& name, const bj::object& state, States& states) {
  bj::object own;
  for (const auto& [key, value] : state) {
    const bool processor = key == "ItemProcessor" || key == "Iterator";
    if (processor && value.is_object()) {
      collect(value.get_object(), states);
      own[key] = value.get_object().contains("StartAt") ? value.get_object().at("StartAt") : value;
    } else if (key == "Branches" && value.is_array()) {
      bj::array starts;
      for (const auto& branch : value.get_array()) {
        collect(branch.as_object(), states);
        starts.push_back(branch.as_object().at("StartAt"));
      }
      own[key] = std::move(starts);
    } else if (key != "Comment") {
      own[key] = value;
    }
  }
  states.insert_or_assign(name, std::move(own));
}

void collect(const bj::object& flow, States& states) {
  for (const auto& [name, state] : flow.at("States").as_object())
    collect_state(std::string(name), state.as_object(), states);
}

States states_of(std::string_view definition) {
  const auto document = json::parse(definition);
  States states;
  collect(document.as_object(), states);
  return states;
}

}  // namespace

std::string definition_conflict(std::string_view before, std::string_view after,
                                const std::set<std::string>& completed,
                                const std::set<std::string>& entered) {
  const auto old_states = states_of(before);
  const auto new_states = states_of(after);
  std::string conflict;
  for (const auto& name : entered) {
    const auto now = new_states.find(name);
    const auto was = old_states.find(name);
    if (now == new_states.end()) {
      conflict += fmt::format("\n  the run has entered the state \"{}\", which is gone", name);
    } else if (completed.contains(name) && was != old_states.end() && was->second != now->second) {
      conflict += fmt::format("\n  the completed state \"{}\" differs:\n    - {}\n    + {}", name,
                              json::write(was->second), json::write(now->second));
    }
  }
  return conflict;
}

}  // namespace orch::engine
