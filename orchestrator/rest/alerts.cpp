// What people are told of: open incidents, silences, deliveries.
#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/subjects.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

// As many as the operation gives.
constexpr std::int64_t most_deliveries = 10'000;

std::string incident_key(const bj::object& item) {
  return json::text_member(item, "since") + " " + json::text_member(item, "subject") + " " +
         json::text_member(item, "rule");
}
std::string id_key(const bj::object& item) { return number_key(item.at("id").as_int64()); }

/// Those of `list` whose subject the caller sees; silences of all subjects are seen by all.
bj::array seen_alerts(const Request& request, std::string_view list) {
  auto found = ask(request, "alerts.list");
  bj::array seen;
  for (auto& each : take_array(found, list)) {
    const auto subject = json::text_member(each, "subject");
    if (subject == "*" || sees_alerts_of(request, subject)) seen.push_back(std::move(each));
  }
  return seen;
}

// Silences of more than one subject are for those who see all of them.
void require_alerts_of(const Request& request, const std::string& subject) {
  if (sees_alerts_of(request, subject)) return;
  throw Refused(http::Status::not_found, "ORCH-0040", fmt::format("no alerts of \"{}\"", subject),
                "or they are outside of what this identity is limited to");
}

Answer list_incidents(Request& request) {
  return {page_of(request, seen_alerts(request, "open"), incident_key, Order::descending)};
}

Answer list_deliveries(Request& request) {
  auto found = ask(request, "alerts.list", {{"deliveries", most_deliveries}});
  return {page_of(request, take_array(found, "deliveries"), id_key, Order::descending)};
}

Answer list_silences(Request& request) {
  return {page_of(request, seen_alerts(request, "silences"), id_key)};
}

Answer add_silence(Request& request) {
  name_object(request, {"subject", "rule"});
  require_alerts_of(request, json::text_member(request.body, "subject"));
  return {ask(request, "alerts.silence", signed_body(request))};
}

Answer remove_silence(Request& request) {
  const auto id = number_cursor("silence", request.in_path("silence"));
  if (request.caller.scope.limited()) {
    auto found = ask(request, "alerts.list");
    std::string subject;  // of none that is seen, when there is no such silence
    for (const auto& each : take_array(found, "silences"))
      if (each.at("id") == id) subject = json::text_member(each, "subject");
    require_alerts_of(request, subject);
  }
  return {ask(request, "alerts.unsilence", {{"id", id}})};
}

Answer test_channel(Request& request) {
  name_object(request, {"channel"});
  return {ask(request, "alerts.test", signed_body(request))};
}

}  // namespace

void add_alert_routes(std::vector<Route>& to) {
  const std::vector<Parameter> paged{limit_parameter, cursor_parameter};
  to.push_back({verb::get,
                "/v1/alerts",
                "alerts.list",
                "What is wrong now, the latest first",
                Role::viewer,
                paged,
                {},
                "IncidentPage",
                list_incidents,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/alerts/deliveries",
                "alerts.deliveries",
                "Messages and reactions: sent, due and given up, the latest first",
                Role::viewer,
                paged,
                {},
                "DeliveryPage",
                list_deliveries});
  to.push_back({verb::get,
                "/v1/alerts/silences",
                "alerts.silences",
                "What is silenced",
                Role::viewer,
                paged,
                {},
                "SilencePage",
                list_silences,
                Reach::filtered});
  to.push_back({verb::post,
                "/v1/alerts/silences",
                "alerts.silence",
                "Tell no one of a subject for a time, as `orch alerts silence`",
                Role::operator_,
                {},
                "NewSilence",
                "Silence",
                add_silence,
                Reach::subject});
  to.push_back({verb::delete_,
                "/v1/alerts/silences/{silence}",
                "alerts.unsilence",
                "End a silence",
                Role::operator_,
                {},
                {},
                "Removed",
                remove_silence,
                Reach::subject});
  to.push_back({verb::post,
                "/v1/alerts/test",
                "alerts.test",
                "Send a test to a channel, as `orch alerts test`",
                Role::operator_,
                {},
                "ChannelTest",
                "DeliveryId",
                test_channel});
}

}  // namespace orch::rest
