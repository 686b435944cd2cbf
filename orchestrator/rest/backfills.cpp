// Backfills of pipelines: runs for the fire times of a range.
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/view/pipelines.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

std::string backfill_key(const bj::object& item) {
  return number_key(item.at("backfill").as_int64());
}

Answer list_backfills(Request& request) {
  const auto row = host::required_pipeline(request.store, request.in_path("pipeline"));
  return {page_of(request, view::backfill_documents(request.store, row.name), backfill_key,
                  Order::descending)};
}

Answer add_backfill(Request& request) {
  auto parameters = signed_body(request);
  parameters["name"] = request.in_path("pipeline");
  return {ask(request, "pipelines.backfill", parameters)};
}

Answer cancel_backfill(Request& request) {
  return {ask(request, "pipelines.cancel_backfill",
              {{"name", request.in_path("pipeline")},
               {"backfill", number_cursor("backfill", request.in_path("backfill"))},
               {"by", request.caller.name}})};
}

}  // namespace

void add_backfill_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/backfills",
                "backfills.list",
                "Its backfills, the latest first",
                Role::viewer,
                {limit_parameter, cursor_parameter},
                {},
                "BackfillPage",
                list_backfills,
                Reach::pipeline});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/backfills",
                "backfills.add",
                "Run it for the fire times of a range, as `orch pipeline backfill`",
                Role::operator_,
                {},
                "NewBackfill",
                "Backfilled",
                add_backfill,
                Reach::pipeline});
  to.push_back({verb::delete_,
                "/v1/pipelines/{pipeline}/backfills/{backfill}",
                "backfills.cancel",
                "Leave out what of it has not begun",
                Role::operator_,
                {},
                {},
                "BackfillCancelled",
                cancel_backfill,
                Reach::pipeline});
}

}  // namespace orch::rest
