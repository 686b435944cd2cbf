#include "orchestrator/pipeline/facts.h"

#include "orchestrator/pipeline/schedule_trigger.h"

namespace orch::pipeline {
namespace {

constexpr std::size_t length_of_date = 10;  // "2027-03-28"

}  // namespace

boost::json::object facts_of(const FireName& fire, const boost::json::object& of_trigger) {
  const auto utc = fire_key(fire.at);
  boost::json::object made{{"pipeline", fire.pipeline},
                           {"name", fire.trigger},
                           {"kind", fire.kind},
                           {"key", fire.key},
                           {"fire_time", utc},
                           {"utc", utc},
                           {"date", utc.substr(0, length_of_date)}};
  for (const auto& [name, value] : of_trigger) made[name] = value;
  return made;
}

boost::json::object facts_of(const schedule::FireTime& time, std::string_view zone) {
  boost::json::object made{
      {"fire_time", time.local}, {"date", time.local.substr(0, length_of_date)}, {"zone", zone}};
  if (!time.reason.empty()) made["moved"] = time.reason;
  return made;
}

}  // namespace orch::pipeline
