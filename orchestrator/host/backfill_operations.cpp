#include <optional>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/pipeline/facts.h"
#include "orchestrator/store/machines.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

// Of one backfill: each is a row, and somebody looks at what becomes of it.
constexpr std::int64_t most_fires = 100'000;
constexpr std::int64_t most_at_once = 1'000;

struct Asked {
  std::string name;
  std::string trigger;
  std::string from;
  std::string to;
  store::BackfillRow row;
};

Asked read_asked(const bj::object& given) {
  Parameters parameters("pipelines.backfill", given);
  Asked asked;
  asked.name = parameters.name();
  asked.trigger = parameters.text("trigger");
  asked.from = parameters.required_string("from");
  asked.to = parameters.text("to");
  const auto order = parameters.string("order").value_or("oldest");
  if (order != "oldest" && order != "newest")
    parameters.problem("order", fmt::format("order is \"{}\"", order), "oldest or newest first");
  asked.row.newest_first = order == "newest";
  asked.row.at_once = parameters.integer("at_once", 1, most_at_once).value_or(1);
  asked.row.asked_by = parameters.by();
  asked.row.note = parameters.text("note");
  parameters.done();
  return asked;
}

/// The schedule that is meant: the only one, unless a name is given.
const pipeline::ScheduleTrigger& schedule_of(const pipeline::Pipeline& document, Asked& asked) {
  const pipeline::ScheduleTrigger* found = nullptr;
  std::vector<std::string> names;
  for (const auto& [name, trigger] : document.triggers) {
    const auto* schedule = std::get_if<pipeline::ScheduleTrigger>(&trigger.kind);
    if (!schedule) continue;
    names.push_back(name);
    if (asked.trigger.empty() || asked.trigger == name) found = schedule;
  }
  if (asked.trigger.empty() && names.size() == 1) asked.trigger = names.front();
  if (found && !asked.trigger.empty()) return *found;
  throw Error("ORCH-0805",
              asked.trigger.empty()
                  ? fmt::format("pipeline \"{}\" has {} schedules", asked.name, names.size())
                  : fmt::format("pipeline \"{}\" has no schedule \"{}\"{}", asked.name,
                                asked.trigger, did_you_mean(asked.trigger, names)),
              names.empty()
                  ? "only the fire times of a schedule can be backfilled"
                  : "--trigger names one of: " + fmt::format("{}", fmt::join(names, ", ")));
}

Instant bound(const std::string& text, const char* field, const schedule::Zone& zone) {
  if (const auto at = schedule::read_time(text, zone)) return *at;
  throw Error("ORCH-0805", fmt::format("{} is no time: \"{}\"", field, text),
              "2027-03-27T00:00:00+01:00, or 2027-03-27 or \"2027-03-27 06:00\" on the clocks of "
              "the schedule's zone");
}

/// Whether the fire time gets a run: it has none, and waits for none.
bool is_wanted(const std::optional<store::FireRow>& known) {
  return !known || (known->outcome != store::FireOutcome::started &&
                    known->outcome != store::FireOutcome::queued);
}

bj::object queue(store::Pipelines& pipelines, const Asked& asked,
                 const schedule::Schedule& schedule) {
  auto row = asked.row;
  row.id = pipelines.add_backfill(row);
  std::int64_t queued = 0, left_alone = 0;
  schedule::FireTimes times(schedule, row.from);
  for (auto time = times.next(); time && time->at < row.to; time = times.next()) {
    const auto key = pipeline::fire_key(time->at);
    if (!is_wanted(pipelines.fire(asked.name, asked.trigger, key))) {
      ++left_alone;
      continue;
    }
    if (++queued > most_fires)
      throw Error("ORCH-0805", fmt::format("the range has more than {} fire times", most_fires),
                  "backfill it in parts; nothing was queued");
    store::FireRow fire{asked.name, asked.trigger, key, "schedule", time->at};
    fire.reason = fmt::format("backfill {}", row.id);
    fire.facts = json::write(pipeline::facts_of(*time, schedule.zone.name()));
    fire.backfill = row.id;
    fire.decided_at = row.asked_at;
    pipelines.put_fire(fire);
  }
  return {{"backfill", row.id},
          {"trigger", asked.trigger},
          {"fires", queued},
          {"left_alone", left_alone}};
}

bj::object backfill(Site& site, const bj::object& given) {
  auto asked = read_asked(given);
  bj::object result;
  site.store.machines().transact([&] {
    const auto pipeline = required_pipeline(site.store, asked.name);
    const auto document = pipeline::parse(pipeline.revision.document, "pipeline " + asked.name);
    const auto& schedule = schedule_of(document, asked).schedule;
    const auto now = wall_now();
    asked.row.pipeline = asked.name;
    asked.row.trigger = asked.trigger;
    asked.row.from = bound(asked.from, "from", schedule.zone);
    asked.row.to = asked.to.empty() ? now : bound(asked.to, "to", schedule.zone);
    asked.row.to = std::min(asked.row.to, now);  // what is to come is the schedule's
    asked.row.asked_at = now;
    result = queue(site.store.pipelines(), asked, schedule);
  });
  tell_engine(site);
  return result;
}

bj::object cancel(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.cancel_backfill", given);
  const auto name = parameters.name();
  const auto id = parameters.integer("backfill", 1, std::numeric_limits<std::int64_t>::max());
  if (!id) parameters.problem("", "the field backfill is required");
  const auto by = parameters.by();
  parameters.done();
  std::int64_t cancelled = 0;
  site.store.machines().transact([&] {
    auto& pipelines = site.store.pipelines();
    const auto known = pipelines.backfill(*id);
    if (!known || known->pipeline != name)
      throw Error("ORCH-0805", fmt::format("pipeline \"{}\" has no backfill {}", name, *id),
                  "`orch pipeline show` lists them");
    store::FireFilter waiting{.pipeline = name, .outcome = store::FireOutcome::queued};
    waiting.backfill = *id;
    waiting.limit = -1;
    for (auto& fire : pipelines.fires(waiting)) {
      fire.outcome = store::FireOutcome::skipped;
      fire.reason = fmt::format("backfill {} was cancelled{}", *id, by.empty() ? "" : " by " + by);
      fire.decided_at = wall_now();
      pipelines.put_fire(fire);
      ++cancelled;
    }
  });
  return {{"backfill", *id}, {"cancelled", cancelled}};
}

}  // namespace

std::vector<Operation> backfill_operations() {
  return {{"pipelines.backfill", true, backfill}, {"pipelines.cancel_backfill", true, cancel}};
}

}  // namespace orch::host
