// What proves that the tables of a run are right: what their steps have found, as they recorded it.
#include "orchestrator/json/members.h"
#include "orchestrator/rest/asking.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/view/table_runs.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;

bj::object step_evidence(const view::Step& step) {
  bj::object out{{"state", step.state},
                 {"resource", step.resource},
                 {"status", view::to_string(step.outcome)},
                 {"attempts", step.attempts},
                 {"at", to_iso(step.last)}};
  if (!step.output.empty()) out["found"] = step.output;
  return out;
}

bj::object table_evidence(const view::TableLine& table) {
  bj::object out{{"key", table.key}, {"status", view::to_string(table.outcome)}};
  if (const auto load = view::load_of(table)) {
    out["rows"] = load->rows;
    out["published"] = to_iso(load->published);
    if (load->as_of) out["as_of"] = to_iso(*load->as_of);
  }
  auto& steps = out["steps"].emplace_array();
  for (const auto& step : table.steps) steps.push_back(step_evidence(step));
  return out;
}

std::string evidence_key(const bj::object& item) { return json::text_member(item, "key"); }

Answer list_evidence(Request& request) {
  const auto row = request.store.find(request.in_path("run"));
  const auto wanted = request.query.text("table");
  bj::array all;
  for (const auto& table : view::overview_of(request.store, row.id).tables)
    if (!wanted || table.key == *wanted) all.push_back(table_evidence(table));
  return {page_of(request, std::move(all), evidence_key)};
}

}  // namespace

void add_evidence_routes(std::vector<Route>& to) {
  to.push_back({boost::beast::http::verb::get,
                "/v1/runs/{run}/evidence",
                "runs.evidence",
                "What proves its tables right: counts, digests and checks, step by step",
                Role::viewer,
                {{"table", Kind::text, "only of the table with this key"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "EvidencePage",
                list_evidence,
                Reach::run});
}

}  // namespace orch::rest
