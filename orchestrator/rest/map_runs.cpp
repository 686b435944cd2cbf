// The distributed maps of a run: how their children fare, and which failed first.
#include <algorithm>
#include <vector>

#include "orchestrator/rest/request.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/relations.h"
#include "orchestrator/view/run.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

constexpr std::int64_t most_failures = 20;
constexpr std::int64_t most_buckets = 200;

bj::array failures_of(Request& request, const store::MapRunRow& row) {
  bj::array out;
  for (const auto& child : request.store.first_failures(row.execution, row.event, most_failures)) {
    auto one = view::run_document(child, request.now, false);
    one["word"] = view::status_word(child, true);
    if (child.made.parent) one["index"] = child.made.parent->index;
    out.push_back(std::move(one));
  }
  return out;
}

// How many children there will be: one an item, unless they take several or the items are not
// counted yet.
std::int64_t expected_children(const std::vector<store::ChildCounts>& counts,
                               const store::MapRunRow& row) {
  std::int64_t children = 0, items = 0;
  for (const auto& count : counts) {
    children += count.children;
    items += count.items;
  }
  return row.items && items == children ? std::max(*row.items, children) : children;
}

// The children by their index in at most `most_buckets` buckets, which say how many fare how.
bj::object strip_of(Request& request, const store::MapRunRow& row) {
  const auto children =
      expected_children(request.store.count_children(row.execution, row.event), row);
  const auto size = std::max<std::int64_t>(1, (children + most_buckets - 1) / most_buckets);
  const auto buckets = (children + size - 1) / size;
  std::vector<view::Children> fare(static_cast<std::size_t>(buckets));
  for (const auto& [bucket, status, count] :
       request.store.child_buckets(row.execution, row.event, size))
    if (bucket < buckets) view::add_children(fare[static_cast<std::size_t>(bucket)], status, count);
  bj::object out{{"size", size}, {"children", children}};
  auto& list = out["buckets"].emplace_array();
  for (const auto& bucket : fare) list.push_back(view::children_document(bucket));
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
    one["strip"] = strip_of(request, row);
    one["failures"] = failures_of(request, row);
    items.push_back(std::move(one));
  }
  return {std::move(page)};
}

}  // namespace

void add_map_run_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/runs/{run}/map-runs",
                "runs.map_runs",
                "Its distributed maps: how their children fare, and the first of those that failed",
                Role::viewer,
                {},
                {},
                "MapRunPage",
                list_map_runs,
                Reach::run});
}

}  // namespace orch::rest
