// Pipelines: their documents, and what became of the fires of their triggers.
#include "orchestrator/store/pipelines.h"

#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/visible.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

bj::object pipeline_document(const store::PipelineRow& row) {
  bj::object out{{"name", row.name},
                 {"workflow", row.revision.workflow},
                 {"revision", row.revision.number},
                 {"deployed", to_iso(row.deployed_at)},
                 {"made", to_iso(row.revision.made_at)},
                 {"made_by", row.revision.made_by}};
  if (!row.project.empty()) out["project"] = row.project;
  if (!row.revision.connections.empty()) out["connections"] = row.revision.connections;
  if (row.paused)
    out["paused"] = {
        {"since", to_iso(row.paused->since)}, {"by", row.paused->by}, {"note", row.paused->note}};
  out["document"] = json::parse(row.revision.document);
  return out;
}

Answer list_pipelines(Request& request) {
  bj::object page;
  auto& items = page["items"].emplace_array();
  const auto& scope = request.caller.scope;
  for (const auto& row : request.store.pipelines().list())
    if (!scope.limited() || scope.has(names_of(row))) items.push_back(pipeline_document(row));
  return {std::move(page)};
}

Answer show_pipeline(Request& request) {
  return {pipeline_document(host::required_pipeline(request.store, request.in_path("pipeline")))};
}

bj::object fire_document(const store::FireRow& fire) {
  bj::object out{{"trigger", fire.trigger},
                 {"key", fire.key},
                 {"kind", fire.kind},
                 {"at", to_iso(fire.at)},
                 {"outcome", store::to_string(fire.outcome)},
                 {"decided", to_iso(fire.decided_at)}};
  if (!fire.run_id.empty()) out["run"] = fire.run_id;
  if (!fire.reason.empty()) out["reason"] = fire.reason;
  if (fire.backfill) out["backfill"] = *fire.backfill;
  return out;
}

Answer list_fires(Request& request) {
  store::FireFilter filter;
  filter.pipeline = host::required_pipeline(request.store, request.in_path("pipeline")).name;
  filter.trigger = request.query.text("trigger");
  filter.not_before = request.query.time("since");
  filter.before = request.query.time("until");
  if (const auto word = request.query.text("outcome")) {
    filter.outcome = store::fire_outcome_from(*word);
    if (!filter.outcome)
      refuse_parameter("outcome", *word, "started, queued, skipped, missed or refused");
  }
  filter.limit = limit_of(request);
  bj::object page;
  auto& items = page["items"].emplace_array();
  for (const auto& fire : request.store.pipelines().fires(filter))
    items.push_back(fire_document(fire));
  return {std::move(page)};
}

}  // namespace

void add_pipeline_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/pipelines",
                "pipelines.list",
                "The pipelines, by name",
                Role::viewer,
                {},
                {},
                "PipelinePage",
                list_pipelines,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}",
                "pipelines.show",
                "One of them",
                Role::viewer,
                {},
                {},
                "Pipeline",
                show_pipeline,
                Reach::pipeline});
  to.push_back({verb::get,
                "/v1/pipelines/{pipeline}/fires",
                "pipelines.fires",
                "What became of the fires of its triggers, the latest first",
                Role::viewer,
                {{"trigger", Kind::text, "only of this trigger"},
                 {"outcome", Kind::text, "started, queued, skipped, missed or refused"},
                 {"since", Kind::time, "fire times from then on"},
                 {"until", Kind::time, "earlier fire times"},
                 limit_parameter},
                {},
                "FirePage",
                list_fires,
                Reach::pipeline});
}

}  // namespace orch::rest
