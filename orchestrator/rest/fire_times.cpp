// When the schedules of a pipeline fire next.
#include <algorithm>

#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/rest/request.h"
#include "orchestrator/store/pipelines.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;

constexpr std::int64_t usual_days = 7, most_days = 366;
constexpr std::size_t most_times = 1'000;
constexpr Millis day{86'400'000};

struct Fire {
  std::string trigger;
  schedule::FireTime time;
};

void add_times(std::vector<Fire>& to, const std::string& name,
               const pipeline::ScheduleTrigger& trigger, Instant from, Instant end) {
  schedule::FireTimes times(trigger.schedule, from);
  for (std::size_t count = 0; count < most_times; ++count) {
    auto next = times.next();
    if (!next || next->at >= end) return;
    to.push_back({name, std::move(*next)});
  }
}

Answer list_times(Request& request) {
  const auto row = host::required_pipeline(request.store, request.in_path("pipeline"));
  const auto end = request.now + request.query.integer("days", usual_days, most_days) * day;
  const auto document = pipeline::parse(row.revision.document, row.name);
  std::vector<Fire> fires;
  for (const auto& [name, trigger] : document.triggers)
    if (const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind))
      add_times(fires, name, *schedule, request.now, end);
  std::ranges::stable_sort(fires, {}, [](const Fire& fire) { return fire.time.at; });
  if (fires.size() > most_times) fires.resize(most_times);
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& [trigger, time] : fires) {
    bj::object item{{"trigger", trigger}, {"at", to_iso(time.at)}, {"local", time.local}};
    if (!time.reason.empty()) item["reason"] = time.reason;
    items.push_back(std::move(item));
  }
  return {std::move(page)};
}

}  // namespace

void add_fire_time_routes(std::vector<Route>& to) {
  to.push_back({boost::beast::http::verb::get,
                "/v1/pipelines/{pipeline}/times",
                "pipelines.times",
                "When its schedules fire next: at most 1,000 times",
                Role::viewer,
                {{"days", Kind::integer, "within so many days; default 7, most 366"}},
                {},
                "FireTimePage",
                list_times,
                Reach::pipeline});
}

}  // namespace orch::rest
