// Schedules of pipelines, and when they fire next.
#include <algorithm>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/store/pipelines.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;

constexpr std::int64_t usual_days = 7, most_days = 366;
constexpr std::size_t most_times = 1'000;
constexpr Millis day{86'400'000};

struct ComingFire {
  std::string pipeline;
  std::string trigger;
  schedule::FireTime time;
};

void add_times(std::vector<ComingFire>& to, const std::string& pipeline, const std::string& name,
               const pipeline::ScheduleTrigger& trigger, Instant from, Instant end) {
  schedule::FireTimes times(trigger.schedule, from);
  for (std::size_t count = 0; count < most_times; ++count) {
    auto next = times.next();
    if (!next || next->at >= end) return;
    to.push_back({pipeline, name, std::move(*next)});
  }
}

// A document that cannot be read has no schedules here; /v1/pipelines/{pipeline} tells why.
template <class Use>
void for_each_schedule(const store::PipelineRow& row, const Use& use) {
  try {
    const auto document = pipeline::parse(row.revision.document, row.name);
    for (const auto& [name, trigger] : document.triggers)
      if (const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind))
        use(name, *schedule);
  } catch (const InvalidDocument& error) {
    log::warn("pipeline {}: {}", row.name, error.what());
  }
}

Answer times_of(const Request& request, const std::vector<store::PipelineRow>& rows) {
  const auto end = request.now + request.query.integer("days", usual_days, most_days) * day;
  std::vector<ComingFire> fires;
  for (const auto& row : rows)
    for_each_schedule(row, [&](const std::string& name, const pipeline::ScheduleTrigger& trigger) {
      if (!row.paused) add_times(fires, row.name, name, trigger, request.now, end);
    });
  std::ranges::stable_sort(fires, {}, [](const ComingFire& fire) { return fire.time.at; });
  if (fires.size() > most_times) fires.resize(most_times);
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& [pipeline, trigger, time] : fires) {
    bj::object item{{"pipeline", pipeline},
                    {"trigger", trigger},
                    {"at", to_iso(time.at)},
                    {"local", time.local}};
    if (!time.reason.empty()) item["reason"] = time.reason;
    items.push_back(std::move(item));
  }
  return {std::move(page)};
}

Answer list_times(Request& request) {
  return times_of(request, {host::required_pipeline(request.store, request.in_path("pipeline"))});
}

Answer list_all_times(Request& request) {
  return times_of(request, pipelines_in_scope(request.store, request.caller.scope));
}

bj::object schedule_document(const store::PipelineRow& row, const std::string& name,
                             const pipeline::ScheduleTrigger& trigger, Instant now) {
  bj::object out{{"pipeline", row.name},
                 {"trigger", name},
                 {"schedule", trigger.text},
                 {"zone", trigger.schedule.zone.name()},
                 {"paused", row.paused.has_value()}};
  if (const auto next = schedule::FireTimes(trigger.schedule, now).next())
    out["next"] = to_iso(next->at);
  return out;
}

std::string schedule_key(const bj::object& item) {
  return json::text_member(item, "pipeline") + " " + json::text_member(item, "trigger");
}

Answer list_schedules(Request& request) {
  bj::array all;
  for (const auto& row : pipelines_in_scope(request.store, request.caller.scope))
    for_each_schedule(row, [&](const std::string& name, const pipeline::ScheduleTrigger& trigger) {
      all.push_back(schedule_document(row, name, trigger, request.now));
    });
  return {page_of(request, std::move(all), schedule_key)};
}

}  // namespace

void add_schedule_routes(std::vector<Route>& to) {
  to.push_back({boost::beast::http::verb::get,
                "/v1/schedules",
                "schedules.list",
                "The schedules of all pipelines, with the next fire time of each",
                Role::viewer,
                {limit_parameter, cursor_parameter},
                {},
                "SchedulePage",
                list_schedules,
                Reach::filtered});
  to.push_back(
      {boost::beast::http::verb::get,
       "/v1/schedules/times",
       "schedules.times",
       "When the schedules of pipelines that are not paused fire next: at most 1,000 times",
       Role::viewer,
       {{"days", Kind::integer, "within so many days; default 7, most 366"}},
       {},
       "FireTimePage",
       list_all_times,
       Reach::filtered});
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
