#include "orchestrator/view/pipelines.h"

#include <algorithm>
#include <map>
#include <vector>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/document.h"

namespace orch::view {
namespace {

namespace bj = boost::json;

constexpr int shown_fire_times = 5;

/// A fire that is to come.
struct Coming {
  std::string trigger;
  schedule::FireTime time;
};

bj::object document_of(const Coming& coming) {
  return {{"trigger", coming.trigger},
          {"fire_time", coming.time.local},
          {"utc", pipeline::fire_key(coming.time.at)}};
}

/// The next fire times of a trigger, after those that are decided.
std::vector<Coming> next_of(store::Store& store, const std::string& pipeline,
                            const std::string& name, const pipeline::ScheduleTrigger& trigger,
                            Instant now, int count) {
  auto from = now;
  if (const auto position = store.pipelines().position(pipeline, name))
    from = std::max(from, position->at + Millis{1});
  std::vector<Coming> coming;
  schedule::FireTimes times(trigger.schedule, from);
  while (count-- > 0) {
    auto time = times.next();
    if (!time) break;
    coming.push_back({name, std::move(*time)});
  }
  return coming;
}

void add_next_fire(store::Store& store, const std::string& name, const pipeline::Pipeline& document,
                   Instant now, bj::object& made) {
  std::optional<Coming> next;
  for (const auto& [trigger_name, trigger] : document.triggers) {
    const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind);
    if (!schedule) continue;
    for (auto& coming : next_of(store, name, trigger_name, *schedule, now, 1))
      if (!next || coming.time.at < next->time.at) next = std::move(coming);
  }
  if (next) made["next_fire"] = document_of(*next);
}

void add_last_run(store::Store& store, const std::string& name, bj::object& made) {
  store::ListFilter last;
  last.pipeline = name;
  last.limit = 1;
  for (const auto& row : store.list(last)) {
    bj::object run{{"run", row.made.run_id}, {"status", to_string(row.status)}};
    if (const auto& link = row.made.pipeline) {
      run["fire_time"] = pipeline::fire_key(link->fire_time);
      run["trigger"] = link->trigger;
    }
    run["started"] = to_iso(row.made.started_at);
    if (row.ended_at) run["ended"] = to_iso(*row.ended_at);
    made["last_run"] = std::move(run);
  }
}

std::int64_t count_fires(store::Store& store, store::FireFilter filter) {
  filter.limit = -1;
  return static_cast<std::int64_t>(store.pipelines().fires(filter).size());
}

bj::object summary(store::Store& store, const store::PipelineRow& row,
                   const pipeline::Pipeline* document, const std::string& problem, Instant now) {
  bj::object made{{"name", row.name}};
  if (!row.project.empty()) made["project"] = row.project;
  made["revision"] = row.revision.number;
  made["workflow"] = row.revision.workflow;
  made["state"] = document ? row.paused ? "paused" : "active" : "broken";
  if (row.paused)
    made["paused"] = {
        {"since", to_iso(row.paused->since)}, {"by", row.paused->by}, {"note", row.paused->note}};
  if (!document) made["problem"] = problem;
  made["running"] = store.pipelines().under_way(row.name).size();
  made["queued"] =
      count_fires(store, {.pipeline = row.name, .outcome = store::FireOutcome::queued});
  add_last_run(store, row.name, made);
  if (document) add_next_fire(store, row.name, *document, now, made);
  return made;
}

/// Calls `use` with the document, or null and what is wrong with it.
template <class Use>
auto with_document(const store::PipelineRow& row, const Use& use) {
  try {
    const auto document = pipeline::parse(row.revision.document, "pipeline " + row.name);
    return use(&document, std::string());
  } catch (const Error& error) {
    return use(static_cast<const pipeline::Pipeline*>(nullptr), std::string(error.what()));
  }
}

bj::object trigger_document(store::Store& store, const std::string& pipeline,
                            const std::string& name, const pipeline::Trigger& trigger,
                            Instant now) {
  bj::object made{{"name", name}, {"kind", pipeline::kind_name(trigger.kind)}};
  if (const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind)) {
    made["schedule"] = schedule->text;
    made["zone"] = schedule->schedule.zone.name();
    bj::array next;
    for (const auto& coming : next_of(store, pipeline, name, *schedule, now, shown_fire_times))
      next.push_back(document_of(coming));
    made["next"] = std::move(next);
  }
  return made;
}

bj::object backfill_document(store::Store& store, const store::BackfillRow& row) {
  const auto count = [&](std::optional<store::FireOutcome> outcome) {
    return count_fires(store, {.pipeline = row.pipeline, .outcome = outcome, .backfill = row.id});
  };
  const auto queued = count(store::FireOutcome::queued);
  const auto started = count(store::FireOutcome::started);
  return {{"backfill", row.id},
          {"trigger", row.trigger},
          {"from", to_iso(row.from)},
          {"to", to_iso(row.to)},
          {"order", row.newest_first ? "newest" : "oldest"},
          {"at_once", row.at_once},
          {"asked", to_iso(row.asked_at)},
          {"by", row.asked_by},
          {"note", row.note},
          {"queued", queued},
          {"started", started},
          {"other", count(std::nullopt) - queued - started}};
}

}  // namespace

bj::object fire_document(const store::FireRow& fire) {
  bj::object made{{"pipeline", fire.pipeline},
                  {"trigger", fire.trigger},
                  {"key", fire.key},
                  {"kind", fire.kind},
                  {"fire_time", pipeline::fire_key(fire.at)},
                  {"outcome", to_string(fire.outcome)}};
  if (!fire.run_id.empty()) made["run"] = fire.run_id;
  if (!fire.reason.empty()) made["reason"] = fire.reason;
  if (fire.backfill) made["backfill"] = *fire.backfill;
  made["decided"] = to_iso(fire.decided_at);
  return made;
}

bj::array backfill_documents(store::Store& store, const std::string& pipeline) {
  bj::array made;
  for (const auto& each : store.pipelines().backfills(pipeline))
    made.push_back(backfill_document(store, each));
  return made;
}

bj::array pipeline_documents(store::Store& store, Instant now) {
  bj::array made;
  for (const auto& row : store.pipelines().list())
    made.push_back(with_document(row, [&](const auto* document, const std::string& problem) {
      return summary(store, row, document, problem, now);
    }));
  return made;
}

bj::object pipeline_document(store::Store& store, const store::PipelineRow& row, Instant now) {
  auto made = with_document(row, [&](const auto* document, const std::string& problem) {
    auto all = summary(store, row, document, problem, now);
    if (!document) return all;
    if (!document->description.empty()) all["description"] = document->description;
    all["overlap"] = to_string(document->overlap);
    bj::array triggers;
    for (const auto& [name, trigger] : document->triggers)
      triggers.push_back(trigger_document(store, row.name, name, trigger, now));
    all["triggers"] = std::move(triggers);
    return all;
  });
  made["document"] = json::parse(row.revision.document);
  made["deployed"] = to_iso(row.deployed_at);
  bj::array revisions;
  for (const auto& each : store.pipelines().revisions(row.name))
    revisions.push_back(
        {{"number", each.number}, {"made", to_iso(each.made_at)}, {"by", each.made_by}});
  made["revisions"] = std::move(revisions);
  made["backfills"] = backfill_documents(store, row.name);
  return made;
}

}  // namespace orch::view
