// Pipelines: their documents, revisions and runs.
#include "orchestrator/store/pipelines.h"

#include <algorithm>

#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/reveal.h"
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

std::string name_key(const bj::object& item) { return json::text_member(item, "name"); }

Answer list_pipelines(Request& request) {
  bj::array all;
  for (const auto& row : pipelines_in_scope(request.store, request.caller.scope))
    all.push_back(pipeline_document(row));
  return {page_of(request, std::move(all), name_key)};
}

Answer show_pipeline(Request& request) {
  return {pipeline_document(host::required_pipeline(request.store, request.in_path("pipeline")))};
}

// Who has got no answer asks again with the same key.
Answer run_pipeline(Request& request) {
  auto parameters = signed_body(request);
  for (const auto* own : {"name", "key", "by"})
    if (request.body.contains(own))
      refuse_parameter(own, json::write(request.body.at(own)), "no such member");
  if (const auto* input = request.body.if_contains("input")) require_revealed(*input);
  const auto key = request.message["Idempotency-Key"];
  constexpr std::size_t longest_key = 200;
  const auto fits = [](char c) { return c >= ' ' && c < 0x7f; };
  if (key.size() > longest_key || !std::ranges::all_of(key, fits))
    refuse_parameter("Idempotency-Key", "", "at most 200 characters of ASCII");
  if (!key.empty()) parameters["key"] = std::string_view(key);
  parameters["name"] = request.in_path("pipeline");
  return {ask(request, "pipelines.run", parameters)};
}

Answer pause_pipeline(Request& request) {
  auto parameters = signed_body(request);
  parameters["name"] = request.in_path("pipeline");
  return {ask(request, "pipelines.pause", parameters)};
}

Answer resume_pipeline(Request& request) {
  return {ask(request, "pipelines.resume", {{"name", request.in_path("pipeline")}})};
}

Answer roll_back_pipeline(Request& request) {
  auto parameters = signed_body(request);
  parameters["name"] = request.in_path("pipeline");
  return {ask(request, "pipelines.rollback", parameters)};
}

std::string revision_key(const bj::object& item) {
  return number_key(item.at("number").as_int64());
}

Answer list_revisions(Request& request) {
  const auto row = host::required_pipeline(request.store, request.in_path("pipeline"));
  bj::array all;
  for (const auto& each : request.store.pipelines().revisions(row.name))
    all.push_back(bj::object{{"number", each.number},
                             {"made", to_iso(each.made_at)},
                             {"by", each.made_by},
                             {"workflow", each.workflow},
                             {"definition_hash", each.definition_hash},
                             {"document", json::parse(each.document)}});
  return {page_of(request, std::move(all), revision_key, Order::descending)};
}

}  // namespace

void add_pipeline_routes(std::vector<Route>& to) {
  const std::vector<Parameter> paged{limit_parameter, cursor_parameter};
  to.push_back({verb::get,
                "/v1/pipelines",
                "pipelines.list",
                "The pipelines, by name",
                Role::viewer,
                paged,
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
                "/v1/pipelines/{pipeline}/revisions",
                "pipelines.revisions",
                "What it has been, the latest first",
                Role::viewer,
                paged,
                {},
                "RevisionPage",
                list_revisions,
                Reach::pipeline});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/pause",
                "pipelines.pause",
                "Let its triggers fire no more, as `orch pipeline pause`",
                Role::operator_,
                {},
                "PipelinePause",
                "PauseState",
                pause_pipeline,
                Reach::pipeline});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/resume",
                "pipelines.resume",
                "Let its triggers fire again, as `orch pipeline resume`",
                Role::operator_,
                {},
                "Nothing",
                "PauseState",
                resume_pipeline,
                Reach::pipeline});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/rollback",
                "pipelines.rollback",
                "Make an earlier revision the present one, as `orch rollback`",
                Role::editor,
                {},
                "Rollback",
                "RolledBack",
                roll_back_pipeline,
                Reach::pipeline});
  to.push_back({verb::post,
                "/v1/pipelines/{pipeline}/runs",
                "pipelines.run",
                "A run, as the overlap allows; the same Idempotency-Key again starts no second one",
                Role::operator_,
                {},
                "RunPipeline",
                "Fired",
                run_pipeline,
                Reach::pipeline});
}

}  // namespace orch::rest
