// What people are told of: open incidents, silences, deliveries.
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"

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

Answer list_incidents(Request& request) {
  auto found = ask(request, "alerts.list");
  return {page_of(request, take_array(found, "open"), incident_key, Order::descending)};
}

Answer list_deliveries(Request& request) {
  auto found = ask(request, "alerts.list", {{"deliveries", most_deliveries}});
  return {page_of(request, take_array(found, "deliveries"), id_key, Order::descending)};
}

Answer list_silences(Request& request) {
  auto found = ask(request, "alerts.list");
  return {page_of(request, take_array(found, "silences"), id_key)};
}

Answer add_silence(Request& request) {
  return {ask(request, "alerts.silence", signed_body(request))};
}

Answer remove_silence(Request& request) {
  const auto id = number_cursor("silence", request.in_path("silence"));
  return {ask(request, "alerts.unsilence", {{"id", id}})};
}

Answer test_channel(Request& request) {
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
                list_incidents});
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
                list_silences});
  to.push_back({verb::post,
                "/v1/alerts/silences",
                "alerts.silence",
                "Tell no one of a subject for a time, as `orch alerts silence`",
                Role::operator_,
                {},
                "NewSilence",
                "Silence",
                add_silence});
  to.push_back({verb::delete_,
                "/v1/alerts/silences/{silence}",
                "alerts.unsilence",
                "End a silence",
                Role::operator_,
                {},
                {},
                "Removed",
                remove_silence});
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
