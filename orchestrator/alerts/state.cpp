#include "orchestrator/alerts/state.h"

#include <boost/json/value.hpp>

#include "orchestrator/json/text.h"

namespace orch::alerts {
namespace {

namespace bj = boost::json;

void put_time(bj::object& object, const char* name, std::optional<Instant> time) {
  if (time) object[name] = time->time_since_epoch().count();
}

std::optional<Instant> time_of(const bj::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  if (!found) return std::nullopt;
  return Instant{Millis{found->as_int64()}};
}

bj::object to_json(const Incident& incident) {
  bj::object object{{"count", incident.count},
                    {"untold", incident.untold},
                    {"text", incident.text},
                    {"run", incident.run},
                    {"escalated", incident.escalated}};
  put_time(object, "since", incident.since);
  put_time(object, "told", incident.told);
  return object;
}

Incident incident_from(const bj::object& object) {
  Incident incident;
  incident.since = time_of(object, "since").value();
  incident.told = time_of(object, "told");
  incident.count = object.at("count").as_int64();
  incident.untold = object.at("untold").as_int64();
  incident.text = object.at("text").as_string();
  incident.run = object.at("run").as_string();
  incident.escalated = object.at("escalated").as_bool();
  return incident;
}

}  // namespace

std::string to_text(const SubjectState& state) {
  bj::object object{{"failures", state.failures}};
  put_time(object, "known_since", state.known_since);
  put_time(object, "last_success", state.last_success);
  put_time(object, "last_start", state.last_start);
  bj::array took;
  for (const auto ms : state.took_ms) took.emplace_back(ms);
  object["took_ms"] = std::move(took);
  bj::object incidents;
  for (const auto& [rule, incident] : state.incidents) incidents[rule] = to_json(incident);
  object["incidents"] = std::move(incidents);
  return json::write(object);
}

SubjectState state_from(std::string_view text) {
  const auto value = json::parse(text);
  const auto& object = value.as_object();
  SubjectState state;
  state.failures = object.at("failures").as_int64();
  state.known_since = time_of(object, "known_since");
  state.last_success = time_of(object, "last_success");
  state.last_start = time_of(object, "last_start");
  for (const auto& ms : object.at("took_ms").as_array()) state.took_ms.push_back(ms.as_int64());
  for (const auto& [rule, incident] : object.at("incidents").as_object())
    state.incidents.emplace(rule, incident_from(incident.as_object()));
  return state;
}

}  // namespace orch::alerts
