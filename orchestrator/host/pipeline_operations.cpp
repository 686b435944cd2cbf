#include "orchestrator/host/pipeline_operations.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/host/request.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/trigger.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/view/pipelines.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

bj::object pause_document(const store::PipelineRow& row) {
  bj::object document{{"name", row.name}, {"paused", row.paused.has_value()}};
  if (row.paused) {
    document["since"] = to_iso(row.paused->since);
    document["by"] = row.paused->by;
    document["note"] = row.paused->note;
  }
  return document;
}

// Who pauses a pipeline that is paused already changes the note, not since when.
bj::object pause(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.pause", given);
  const auto name = parameters.name();
  const auto by = parameters.by();
  const auto note = parameters.text("note");
  parameters.done();
  auto row = required_pipeline(site.store, name);
  const auto since = row.paused ? row.paused->since : wall_now();
  row.paused = {since, by, note};
  site.store.pipelines().set_paused(name, row.paused);
  tell_engine(site);
  return pause_document(row);
}

bj::object resume(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.resume", given);
  const auto name = parameters.name();
  parameters.done();
  auto row = required_pipeline(site.store, name);
  row.paused.reset();
  site.store.pipelines().set_paused(name, std::nullopt);
  tell_engine(site);
  return pause_document(row);
}

Instant time_of(Parameters& parameters) {
  const auto text = parameters.string("at");
  if (!text) return wall_now();
  const auto at = from_iso(*text);
  if (!at)
    parameters.problem("at", "at is no time: \"" + *text + "\"", "2027-03-27T06:00:00+01:00");
  return at.value_or(Instant{});
}

// A request that comes again is known by its key.
engine::Fire read_fire(const bj::object& given) {
  Parameters parameters("pipelines.run", given);
  engine::Fire fire;
  fire.pipeline = parameters.name();
  fire.trigger = fire.kind = pipeline::manual_trigger;
  fire.key = parameters.text("key");
  if (fire.key.empty()) fire.key = new_request_id();
  fire.at = time_of(parameters);
  if (const auto* input = parameters.get("input")) fire.input = json::write(*input);
  const auto by = parameters.by();
  if (!by.empty()) fire.facts = json::write(bj::object{{"by", by}});
  fire.asked = true;
  parameters.done();
  return fire;
}

// Nobody runs anything here: the next engine that has triggers starts it.
engine::Fired leave_queued(store::Store& store, const engine::Fire& fire) {
  required_pipeline(store, fire.pipeline);
  if (auto known = store.pipelines().fire(fire.pipeline, fire.trigger, fire.key))
    return {std::move(*known), true};
  store::FireRow row{fire.pipeline, fire.trigger, fire.key, fire.kind, fire.at};
  row.reason = "no `orch serve` runs";
  row.facts = fire.facts;
  row.input = fire.input;
  row.decided_at = wall_now();
  store.pipelines().put_fire(row);
  return {std::move(row), false};
}

bj::object run(Site& site, const bj::object& given) {
  const auto fire = read_fire(given);
  if (site.engine) required_pipeline(site.store, fire.pipeline);
  const auto fired = site.engine ? site.engine->fire(fire) : leave_queued(site.store, fire);
  if (fired.again && fired.fire.input != fire.input)
    throw Error("ORCH-0820", fmt::format("the key \"{}\" was used with another input", fire.key),
                "a key names one run that is asked for, also when it is asked for again");
  auto document = view::fire_document(fired.fire);
  if (fired.again) document["again"] = true;
  return document;
}

}  // namespace

void tell_engine(const Site& site) {
  if (site.engine) site.engine->pipelines_changed();
}

store::PipelineRow required_pipeline(store::Store& store, const std::string& name) {
  if (auto row = store.pipelines().find(name)) return std::move(*row);
  std::vector<std::string> names;
  for (const auto& each : store.pipelines().list()) names.push_back(each.name);
  throw Error("ORCH-0802", fmt::format("no pipeline \"{}\"{}", name, did_you_mean(name, names)),
              "`orch pipelines` lists them; `orch deploy` makes them");
}

std::vector<Operation> pipeline_operations() {
  return {{"pipelines.pause", true, pause},
          {"pipelines.resume", true, resume},
          {"pipelines.run", true, run}};
}

}  // namespace orch::host
