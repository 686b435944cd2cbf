// The distributed maps of a run: how their children fare, and which failed first.
#include <algorithm>

#include "orchestrator/rest/request.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/relations.h"
#include "orchestrator/view/run.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;
using store::Standing;

constexpr std::int64_t most_failures = 20;

bj::array failures_of(Request& request, const store::MapRunRow& row) {
  store::ListFilter filter;
  filter.map_run = {row.execution, row.event};
  filter.standings = {Standing::failed, Standing::timed_out};
  filter.limit = most_failures;
  bj::array out;
  for (const auto& child : request.store.list(filter)) {
    auto one = view::run_document(child, request.now, false);
    one["word"] = view::status_word(child, true);
    if (child.made.parent) one["index"] = child.made.parent->index;
    out.push_back(std::move(one));
  }
  return out;
}

Answer list_map_runs(Request& request) {
  const auto run = request.store.find(request.in_path("run"));
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& row : request.store.map_runs(run.id)) {
    bj::object one{{"name", row.name}, {"event", row.event}};
    if (row.items) one["items"] = *row.items;
    one["children"] =
        view::children_document(view::children_of(request.store, run.id, {row.event}));
    one["failures"] = failures_of(request, row);
    items.push_back(std::move(one));
  }
  return {std::move(page)};
}

}  // namespace

void add_map_run_routes(std::vector<Route>& to) {
  to.push_back(
      {verb::get,
       "/v1/runs/{run}/map-runs",
       "runs.map_runs",
       "Its distributed maps: how their children fare, and the latest of those that failed",
       Role::viewer,
       {},
       {},
       "MapRunPage",
       list_map_runs,
       Reach::run});
}

}  // namespace orch::rest
