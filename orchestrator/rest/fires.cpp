// What became of the fires of triggers: of one pipeline, and of all of them.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/view/pipelines.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

/// Where a fire is in the list: the latest first, then by name.
struct FirePlace {
  std::int64_t before = 0;  ///< the fire time, negated: what is later comes first
  std::string pipeline;
  std::string trigger;
  std::string key;

  auto operator<=>(const FirePlace&) const = default;
};

FirePlace place_of(const store::FireRow& fire) {
  return {-fire.at.time_since_epoch().count(), fire.pipeline, fire.trigger, fire.key};
}

std::optional<FirePlace> fire_cursor(const Request& request) {
  const auto cursor = request.query.text("cursor");
  if (!cursor) return std::nullopt;
  try {
    const auto value = json::parse(*cursor);
    const auto& parts = value.as_array();
    const auto text = [&](std::size_t at) { return std::string(parts.at(at).as_string()); };
    return FirePlace{parts.at(0).as_int64(), text(1), text(2), text(3)};
  } catch (const std::exception&) {
    refuse_parameter("cursor", *cursor, "what this resource has given out");
  }
}

std::string text_of(const FirePlace& place) {
  return json::write(bj::array{place.before, place.pipeline, place.trigger, place.key});
}

store::FireFilter filter_of_fires(const Request& request) {
  store::FireFilter filter;
  filter.trigger = request.query.text("trigger");
  filter.not_before = request.query.time("since");
  filter.before = request.query.time("until");
  if (const auto word = request.query.text("outcome")) {
    filter.outcome = store::fire_outcome_from(*word);
    if (!filter.outcome)
      refuse_parameter("outcome", *word, "started, queued, skipped, missed or refused");
  }
  return filter;
}

// At least the first `wanted` of the pipeline that come after `after`, if there are so many: fires
// of the same time are asked for until all of them are there.
void add_fires(Request& request, store::FireFilter filter, const std::optional<FirePlace>& after,
               std::int64_t wanted, std::vector<store::FireRow>& to) {
  if (after) {
    const Instant end{Millis{1 - after->before}};
    filter.before = filter.before ? std::min(*filter.before, end) : end;
  }
  for (filter.limit = 2 * wanted;; filter.limit *= 2) {
    auto found = request.store.pipelines().fires(filter);
    const bool all = std::ssize(found) < filter.limit;
    const auto last = found.empty() ? Instant{} : found.back().at;
    std::erase_if(found, [&](const store::FireRow& fire) {
      return (after && place_of(fire) <= *after) || (!all && fire.at == last);
    });
    if (!all && std::ssize(found) < wanted) continue;
    std::ranges::move(found, std::back_inserter(to));
    return;
  }
}

Answer page_of_fires(Request& request, const std::vector<std::string>& pipelines) {
  auto filter = filter_of_fires(request);
  const auto after = fire_cursor(request);
  const auto limit = limit_of(request);
  std::vector<store::FireRow> fires;
  for (const auto& name : pipelines) {
    filter.pipeline = name;
    add_fires(request, filter, after, limit + 1, fires);
  }
  std::ranges::sort(fires, {}, place_of);
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& fire : fires) {
    if (std::ssize(items) == limit) {
      page["next"] = text_of(place_of(fires[items.size() - 1]));
      break;
    }
    items.push_back(view::fire_document(fire));
  }
  return {std::move(page)};
}

Answer list_fires_of_pipeline(Request& request) {
  return page_of_fires(request,
                       {host::required_pipeline(request.store, request.in_path("pipeline")).name});
}

Answer list_fires(Request& request) {
  std::vector<std::string> names;
  for (const auto& row : pipelines_in_scope(request.store, request.caller.scope))
    names.push_back(row.name);
  return page_of_fires(request, names);
}

}  // namespace

void add_fire_routes(std::vector<Route>& to) {
  const std::vector<Parameter> query{
      {"trigger", Kind::text, "only of triggers of this name"},
      {"outcome", Kind::text, "started, queued, skipped, missed or refused"},
      {"since", Kind::time, "fire times from then on"},
      {"until", Kind::time, "earlier fire times"},
      limit_parameter,
      cursor_parameter};
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/fires",
                "pipelines.fires",
                "What became of the fires of its triggers, the latest first",
                Role::viewer,
                query,
                {},
                "FirePage",
                list_fires_of_pipeline,
                Reach::pipeline});
  to.push_back({verb::get,
                "/v1/fires",
                "fires.list",
                "The same of all pipelines",
                Role::viewer,
                query,
                {},
                "FirePage",
                list_fires,
                Reach::filtered});
}

}  // namespace orch::rest
