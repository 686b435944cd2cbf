#include "orchestrator/host/alert_operations.h"

#include <fmt/format.h>

#include "orchestrator/alerts/message.h"
#include "orchestrator/alerts/state.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/alerts.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::int64_t usual_deliveries = 50;
constexpr std::int64_t most_deliveries = 10'000;

bj::object to_json(const std::string& subject, const std::string& rule,
                   const alerts::Incident& incident, const std::vector<store::SilenceRow>& silences,
                   Instant now) {
  bj::object object{{"subject", subject},
                    {"rule", rule},
                    {"since", to_iso(incident.since)},
                    {"count", incident.count},
                    {"text", incident.text},
                    {"run", incident.run},
                    {"told", incident.told.has_value()}};
  for (const auto& each : silences)
    if (now < each.until && (each.subject == "*" || each.subject == subject) &&
        (each.rule == "*" || each.rule == rule))
      object["silenced_until"] = to_iso(each.until);
  return object;
}

bj::object to_json(const store::SilenceRow& row) {
  return {{"id", row.id},      {"subject", row.subject},
          {"rule", row.rule},  {"until", to_iso(row.until)},
          {"by", row.made_by}, {"reason", row.reason}};
}

// The body of what was sent stays here: it may hold what a failure said of data.
bj::object to_json(const store::DeliveryRow& row) {
  bj::object object{{"id", row.id},
                    {"kind", to_string(row.kind)},
                    {"target", row.target},
                    {"made", to_iso(row.made_at)},
                    {"attempts", row.attempts},
                    {"outcome", to_string(row.outcome)}};
  if (row.outcome == store::DeliveryOutcome::pending) object["due"] = to_iso(row.due_at);
  if (!row.error.empty()) object["error"] = row.error;
  return object;
}

bj::object list(Site& site, const bj::object& given) {
  Parameters parameters("alerts.list", given);
  const auto shown =
      parameters.integer("deliveries", 0, most_deliveries).value_or(usual_deliveries);
  parameters.done();
  const auto opened = store::open_alerts_as_reader(site.store_url);
  auto& kept = *opened;
  const auto now = wall_now();
  const auto silenced = kept.silences();
  bj::array open, deliveries, silences;
  for (const auto& [name, text] : kept.states()) {
    if (name.find(':') == std::string::npos && name != "server") continue;
    for (const auto& [rule, incident] : alerts::state_from(text).incidents)
      open.push_back(to_json(name, rule, incident, silenced, now));
  }
  for (const auto& row : kept.deliveries(shown)) deliveries.push_back(to_json(row));
  for (const auto& row : silenced)
    if (now < row.until) silences.push_back(to_json(row));
  return {{"open", std::move(open)},
          {"deliveries", std::move(deliveries)},
          {"silences", std::move(silences)}};
}

// Those that are over are removed on the way.
bj::object silence(Site& site, const bj::object& given) {
  Parameters parameters("alerts.silence", given);
  store::SilenceRow row;
  row.subject = parameters.required_string("subject");
  row.rule = parameters.string("rule").value_or("*");
  const auto until = parameters.required_string("until");
  row.reason = parameters.required_string("reason");
  row.made_by = parameters.by();
  row.made_at = wall_now();
  if (const auto time = from_iso(until))
    row.until = *time;
  else if (!until.empty())
    parameters.problem("until", fmt::format("until is \"{}\": expected an ISO 8601 time", until));
  if (parameters.has("until") && row.until <= row.made_at)
    parameters.problem("until", "until is over already");
  parameters.done();
  const auto opened = store::open_alerts_beside_owner(site.store_url);
  auto& kept = *opened;
  for (const auto& each : kept.silences()) {
    if (each.until < row.made_at) kept.remove_silence(each.id);
    // Asked for again by a client that got no answer.
    if (each.subject == row.subject && each.rule == row.rule && each.until == row.until &&
        each.reason == row.reason)
      return to_json(each);
  }
  row.id = kept.add_silence(row);
  return to_json(row);
}

bj::object unsilence(Site& site, const bj::object& given) {
  Parameters parameters("alerts.unsilence", given);
  const auto id = parameters.integer("id", 1, INT64_MAX);
  if (!id && !parameters.has("id")) parameters.problem("id", "the member id is required");
  parameters.done();
  return {{"removed", store::open_alerts_beside_owner(site.store_url)->remove_silence(*id)}};
}

bj::object test(Site& site, const bj::object& given) {
  Parameters parameters("alerts.test", given);
  const auto channel = parameters.required_string("channel");
  const auto by = parameters.by();
  parameters.done();
  if (!site.engine)
    throw Error("ORCH-0830", "no `orch serve` runs on this store, so nothing would be sent",
                "start it with --alerts FILE, then try the channel again");
  const auto now = wall_now();
  alerts::Notice notice;
  notice.subject = "test";
  notice.rule = "test";
  notice.severity = "warning";
  notice.text = "a test, asked for by " + (by.empty() ? std::string("somebody") : by);
  notice.since = now;
  store::DeliveryRow row;
  row.target = channel;
  row.body = json::write(alerts::message_of({notice}, "", now));
  row.made_at = row.due_at = now;
  return {{"delivery", store::open_alerts_beside_owner(site.store_url)->add_delivery(row)}};
}

}  // namespace

std::vector<Operation> alert_operations() {
  return {{"alerts.list", false, list},
          {"alerts.silence", true, silence},
          {"alerts.unsilence", true, unsilence},
          {"alerts.test", true, test}};
}

}  // namespace orch::host
