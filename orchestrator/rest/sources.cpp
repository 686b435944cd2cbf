// Connections and catalogs of pipelines.
#include "orchestrator/host/sources.h"

#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/view/limits.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

constexpr std::int64_t usual_rows = 1'000, most_rows = 100'000;
constexpr std::int64_t most_outages = 100'000;

std::string place_key(const bj::object& item) {
  return json::text_member(item, "connection") + " " + json::text_member(item, "url");
}
std::string outage_key(const bj::object& item) {
  return json::text_member(item, "since") + " " + json::text_member(item, "connection");
}
std::string entry_key(const bj::object& item) { return json::text_member(item, "key"); }

store::PipelineRow pipeline_in(Request& request) {
  return host::required_pipeline(request.store, request.in_path("pipeline"));
}

Answer list_connections(Request& request) {
  return {page_of(request, host::connection_documents(request.store, request.now), place_key)};
}

Answer list_outages(Request& request) {
  auto found = view::outages_document(
      request.store.limits().outages(request.in_path("connection"), most_outages));
  return {page_of(request, take_array(found, "outages"), outage_key, Order::descending)};
}

Answer try_connection(Request& request) {
  const auto rows = request.query.integer("rows", usual_rows, most_rows);
  return {host::connection_trial(pipeline_in(request), request.in_path("connection"), rows)};
}

Answer list_entries(Request& request) {
  return {page_of(request, host::catalog_entries(pipeline_in(request)), entry_key)};
}

Answer list_changes(Request& request) {
  return {page_of(request, host::catalog_changes(pipeline_in(request)), entry_key)};
}

Answer list_plan(Request& request) {
  return {page_of(request, host::catalog_plan(pipeline_in(request)), entry_key)};
}

}  // namespace

void add_source_routes(std::vector<Route>& to) {
  const std::vector<Parameter> paged{limit_parameter, cursor_parameter};
  to.push_back({verb::get,
                "/v1/connections",
                "connections.list",
                "The connections of pipelines: where they lead to, whether they are down or held",
                Role::viewer,
                paged,
                {},
                "ConnectionPage",
                list_connections});
  to.push_back({verb::get,
                "/v1/connections/{connection}/outages",
                "connections.outages",
                "When it did not answer, the latest first",
                Role::viewer,
                paged,
                {},
                "OutagePage",
                list_outages});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/connections/{connection}/test",
                "connections.test",
                "Whether a connection of the pipeline can be read, as `orch connection test`",
                Role::operator_,
                {{"rows", Kind::integer, "so many rows of each type; default 1000"}},
                "Nothing",
                "ConnectionTrial",
                try_connection,
                Reach::pipeline});
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/catalog",
                "catalog.list",
                "The entries of its catalog, as `orch catalog show`",
                Role::viewer,
                paged,
                {},
                "EntryPage",
                list_entries,
                Reach::pipeline});
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/catalog/changes",
                "catalog.changes",
                "How its catalog and the sources have come apart, as `orch catalog refresh`",
                Role::operator_,
                paged,
                {},
                "CatalogChangePage",
                list_changes,
                Reach::pipeline});
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/catalog/plan",
                "catalog.plan",
                "What a run would do with each table, as `orch plan`",
                Role::operator_,
                paged,
                {},
                "TablePlanPage",
                list_plan,
                Reach::pipeline});
}

}  // namespace orch::rest
