#include "orchestrator/engine/executed_states.h"

#include <map>

#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

struct Described {
  bj::object own;     ///< without nested flows, which are described on their own
  std::string place;  ///< "/Outer/1": the flow it belongs to
};
using States = std::map<std::string, Described, std::less<>>;

void collect(const bj::object& flow, const std::string& place, States& states);

// Takes the nested flow out of a state; its StartAt stays.
bj::value nested(const bj::value& flow, const std::string& place, States& states) {
  if (!flow.is_object() || !flow.get_object().contains("States")) return flow;
  collect(flow.get_object(), place, states);
  return flow.get_object().at("StartAt");
}

void collect_state(const std::string& name, const bj::object& state, const std::string& place,
                   States& states) {
  Described described{{}, place};
  for (const auto& [key, value] : state) {
    if (key == "Comment") continue;
    if (key == "ItemProcessor" || key == "Iterator") {
      described.own[key] = nested(value, fmt::format("{}/{}", place, name), states);
    } else if (key == "Branches" && value.is_array()) {
      auto& starts = described.own[key].emplace_array();
      for (const auto& branch : value.get_array())
        starts.push_back(
            nested(branch, fmt::format("{}/{}/{}", place, name, starts.size()), states));
    } else {
      described.own[key] = value;
    }
  }
  states.insert_or_assign(name, std::move(described));
}

void collect(const bj::object& flow, const std::string& place, States& states) {
  for (const auto& [name, state] : flow.at("States").as_object())
    collect_state(std::string(name), state.as_object(), place, states);
}

States states_of(std::string_view definition) {
  const auto document = json::parse(definition);
  States states;
  collect(document.as_object(), "", states);
  return states;
}

// What stands against `now` taking the place of `was`; empty when nothing does.
std::string difference(const std::string& name, const Described& was, const Described& now,
                       bool completed) {
  if (completed && was.own != now.own)
    return fmt::format("the completed state \"{}\" differs:\n    - {}\n    + {}", name,
                       json::write(was.own), json::write(now.own));
  if (was.place != now.place)
    return fmt::format("the run has entered the state \"{}\", which has moved to another flow",
                       name);
  if (was.own.at("Type") != now.own.at("Type"))
    return fmt::format("the run has entered the state \"{}\", whose Type is {}, not {}", name,
                       json::write(now.own.at("Type")), json::write(was.own.at("Type")));
  return "";
}

}  // namespace

std::string definition_conflict(std::string_view before, std::string_view after,
                                const std::set<std::string>& completed,
                                const std::set<std::string>& entered) {
  const auto old_states = states_of(before);
  const auto new_states = states_of(after);
  std::string conflict;
  for (const auto& name : entered) {
    const auto was = old_states.find(name);
    const auto now = new_states.find(name);
    if (now == new_states.end())
      conflict += fmt::format("\n  the run has entered the state \"{}\", which is gone", name);
    if (now == new_states.end() || was == old_states.end()) continue;
    const auto differs = difference(name, was->second, now->second, completed.contains(name));
    if (!differs.empty()) conflict += "\n  " + differs;
  }
  return conflict;
}

}  // namespace orch::engine
