// Parts of a run: its visits to states, its definition and the picture of that, its map runs.
#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/asl/layout.h"
#include "orchestrator/asl/parse.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/reveal.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/visits.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

bj::object attempt_document(const view::Attempt& attempt) {
  bj::object out{{"ticket", static_cast<std::int64_t>(attempt.ticket)},
                 {"status", view::to_string(attempt.outcome)},
                 {"scheduled", to_iso(attempt.scheduled)}};
  if (attempt.started) out["started"] = to_iso(*attempt.started);
  if (attempt.ended) out["ended"] = to_iso(*attempt.ended);
  if (attempt.failure) out["failure"] = view::failure_document(*attempt.failure);
  return out;
}

bj::object visit_document(const view::Visit& visit) {
  bj::object out{{"event", visit.event},
                 {"state", visit.state},
                 {"type", visit.type},
                 {"status", view::to_string(visit.outcome)},
                 {"entered", to_iso(visit.entered)}};
  if (visit.left) out["left"] = to_iso(*visit.left);
  if (visit.in) {
    out["in"] = *visit.in;
    out["index"] = visit.index;
  }
  if (visit.failure) out["failure"] = view::failure_document(*visit.failure);
  auto& attempts = out["attempts"].emplace_array();
  for (const auto& attempt : visit.attempts) attempts.push_back(attempt_document(attempt));
  return out;
}

view::Visits visits_of(Request& request, bool payloads) {
  const auto row = request.store.find(request.in_path("run"));
  view::Visits visits(payloads);
  request.store.history(row.id, 0, [&](const execution::Event& event) { visits.add(event); });
  return visits;
}

Answer list_visits(Request& request) {
  const auto limit = limit_of(request);
  const auto cursor = request.query.text("cursor");
  const auto after = cursor ? number_cursor("cursor", *cursor) : 0;
  const auto state = request.query.text("state");
  const auto folded = visits_of(request, false);
  bj::object page;
  bj::array items;
  for (const auto& visit : folded.visits()) {
    if (visit.event <= after || (state && visit.state != *state)) continue;
    if (std::ssize(items) == limit) {
      page["next"] = std::to_string(items.back().at("event").get_int64());
      break;
    }
    items.push_back(visit_document(visit));
  }
  page["items"] = std::move(items);
  return {std::move(page)};
}

Answer show_visit(Request& request) {
  const auto& name = request.in_path("visit");
  const auto event = number_cursor("visit", name);
  const auto folded = visits_of(request, true);
  const auto found = std::ranges::find(folded.visits(), event, &view::Visit::event);
  if (found == folded.visits().end())
    throw Refused(http::Status::not_found, "ORCH-0040",
                  fmt::format("the run has not entered a state by its event {}", name));
  auto out = visit_document(*found);
  if (!found->input.empty()) out["input"] = json::parse(found->input);
  if (found->output) out["output"] = json::parse(*found->output);
  return {std::move(out)};
}

Answer show_definition(Request& request) {
  const auto row = request.store.find(request.in_path("run"));
  return {
      bj::object{{"hash", row.made.definition_hash},
                 {"definition", json::parse(request.store.definition(row.made.definition_hash))}}};
}

bj::object box_document(const asl::Layout::Box& box) {
  return {{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}};
}

const char* to_string(asl::Picture::Way::Kind kind) {
  using Kind = asl::Picture::Way::Kind;
  if (kind == Kind::nested) return "nested";
  return kind == Kind::caught ? "caught" : "next";
}

bj::array ways_document(const asl::Picture& picture, const asl::Layout& layout) {
  bj::array out;
  for (std::size_t i = 0; i < picture.ways.size(); ++i) {
    const auto& way = picture.ways[i];
    bj::object one{{"from", picture.nodes[way.from]->name},
                   {"to", picture.nodes[way.to]->name},
                   {"kind", to_string(way.kind)}};
    if (!way.label.empty()) one["label"] = way.label;
    auto& points = one["points"].emplace_array();
    for (const auto& point : layout.ways[i])
      points.push_back(bj::object{{"x", point.x}, {"y", point.y}});
    out.push_back(std::move(one));
  }
  return out;
}

bj::object graph_document(const asl::Workflow& workflow) {
  const auto picture = asl::picture_of(workflow);
  const auto layout = asl::layout_of(picture);
  bj::object out{{"start", picture.nodes[picture.whole.start]->name},
                 {"width", layout.width},
                 {"height", layout.height}};
  auto& nodes = out["nodes"].emplace_array();
  for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
    auto node = box_document(layout.nodes[i]);
    node["state"] = picture.nodes[i]->name;
    node["type"] = asl::type_name(*picture.nodes[i]);
    nodes.push_back(std::move(node));
  }
  auto& frames = out["frames"].emplace_array();
  for (const auto& frame : layout.frames) {
    auto one = box_document(frame.box);
    one["label"] = frame.label;
    one["state"] = picture.nodes[frame.owner]->name;
    frames.push_back(std::move(one));
  }
  out["ways"] = ways_document(picture, layout);
  return out;
}

Answer show_graph(Request& request) {
  const auto row = request.store.find(request.in_path("run"));
  const auto text = request.store.definition(row.made.definition_hash);
  return {graph_document(*asl::parse_or_throw(text, row.made.workflow))};
}

}  // namespace

void add_run_part_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/runs/{run}/visits",
                "visits.list",
                "The states that a run has entered, with their attempts, in their order",
                Role::viewer,
                {{"state", Kind::text, "only of this state"}, limit_parameter, cursor_parameter},
                {},
                "VisitPage",
                list_visits,
                Reach::run});
  to.push_back({verb::get,
                "/v1/runs/{run}/visits/{visit}",
                "visits.show",
                "One of them, with its input and output",
                Role::viewer,
                {reveal_parameter},
                {},
                "VisitDetail",
                show_visit,
                Reach::run});
  to.push_back({verb::get,
                "/v1/runs/{run}/definition",
                "runs.definition",
                "The definition that the run goes by",
                Role::viewer,
                {},
                {},
                "Definition",
                show_definition,
                Reach::run});
  to.push_back({verb::get,
                "/v1/runs/{run}/graph",
                "runs.graph",
                "Its states and ways, with the places where they are drawn",
                Role::viewer,
                {},
                {},
                "Graph",
                show_graph,
                Reach::run});
}

}  // namespace orch::rest
