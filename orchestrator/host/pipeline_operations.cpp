#include "orchestrator/host/pipeline_operations.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/store/pipelines.h"

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
  return pause_document(row);
}

bj::object resume(Site& site, const bj::object& given) {
  Parameters parameters("pipelines.resume", given);
  const auto name = parameters.name();
  parameters.done();
  auto row = required_pipeline(site.store, name);
  row.paused.reset();
  site.store.pipelines().set_paused(name, std::nullopt);
  return pause_document(row);
}

}  // namespace

store::PipelineRow required_pipeline(store::Store& store, const std::string& name) {
  if (auto row = store.pipelines().find(name)) return std::move(*row);
  std::vector<std::string> names;
  for (const auto& each : store.pipelines().list()) names.push_back(each.name);
  throw Error("ORCH-0802", fmt::format("no pipeline \"{}\"{}", name, did_you_mean(name, names)),
              "`orch pipelines` lists them; `orch deploy` makes them");
}

std::vector<Operation> pipeline_operations() {
  return {{"pipelines.pause", true, pause}, {"pipelines.resume", true, resume}};
}

}  // namespace orch::host
