// Webhooks: signed deliveries that fire triggers of pipelines (host/webhooks.h).
#include <boost/algorithm/string/case_conv.hpp>

#include "orchestrator/host/webhooks.h"
#include "orchestrator/rest/request.h"
#include "orchestrator/view/pipelines.h"

namespace orch::rest {
namespace {

using boost::beast::http::verb;

Answer deliver(Request& request) {
  host::Delivery delivery{request.in_path("pipeline"), request.in_path("trigger"), {}, {}, {}};
  for (const auto& each : request.message) {
    delivery.headers.emplace_back(boost::to_lower_copy(std::string(each.name_string())),
                                  std::string(each.value()));
  }
  delivery.body = request.message.body();
  delivery.from = request.caller.from;
  const auto fired = request.server.webhooks.take(request.store, delivery, request.now);
  request.caller.name = "webhook " + delivery.pipeline + "/" + delivery.trigger;
  auto document = view::fire_document(fired.fire);
  if (fired.again) document["again"] = true;
  return {std::move(document)};
}

}  // namespace

void add_hook_routes(std::vector<Route>& to) {
  Route route{
      verb::post,      "/v1/hooks/{pipeline}/{trigger}",
      "hooks.deliver", "A delivery to a webhook of a pipeline: its signature says who has sent it",
      Role::none,      {},
      "Delivery",      "Fired",
      deliver};
  route.status = 202;
  route.raw = true;
  route.reach = Reach::open;  // the signature is for this trigger alone
  to.push_back(std::move(route));
}

}  // namespace orch::rest
