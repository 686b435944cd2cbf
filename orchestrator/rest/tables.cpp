// Tables: whether they are right, what runs did to them, and the grid of both.
#include <algorithm>

#include "orchestrator/json/text.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/table_keeper.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/view/run.h"
#include "orchestrator/view/verdict.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;

void add_text(bj::object& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

bj::object load_document(const view::TableBrief& brief) {
  bj::object out{{"run", brief.run},
                 {"name", brief.name},
                 {"rows", brief.load->rows},
                 {"published", to_iso(brief.load->published)}};
  if (brief.load->as_of) out["as_of"] = to_iso(*brief.load->as_of);
  return out;
}

bj::object work_document(const view::TableBrief& brief) {
  bj::object out{{"key", brief.key},
                 {"status", view::to_string(brief.outcome)},
                 {"duration_ms", brief.duration.count()},
                 {"attempts", brief.attempts},
                 {"state", brief.state}};
  if (brief.rows) out["rows"] = *brief.rows;
  if (brief.bytes) out["bytes"] = *brief.bytes;
  add_text(out, "connections", brief.connections);
  add_text(out, "error", brief.error);
  add_text(out, "message", brief.message);
  add_text(out, "code", brief.code);
  return out;
}

bj::object run_of_table_document(const view::TableBrief& brief) {
  bj::object out{{"run", brief.run},
                 {"name", brief.name},
                 {"workflow", brief.workflow},
                 {"started", to_iso(brief.started)}};
  for (const auto& member : work_document(brief)) out[member.key()] = member.value();
  if (brief.load) out["load"] = load_document(brief);
  return out;
}

bj::object table_document(const view::TableNow& table, Instant now) {
  const auto verdict = view::verdict_of(table, now);
  bj::object out{{"key", table.latest.key}, {"verdict", verdict.word}, {"text", verdict.text}};
  add_text(out, "connections", table.latest.connections);
  out["latest"] = run_of_table_document(table.latest);
  if (!table.loaded) return out;
  out["load"] = load_document(*table.loaded);
  out["age_ms"] = (now - table.loaded->load->moment()).count();
  if (!table.before) return out;
  out["load_before"] = load_document(*table.before);
  out["delta"] = table.loaded->load->rows - table.before->load->rows;
  return out;
}

// A page ends with a table: its key and its connections.
std::pair<std::string, std::string> table_cursor(const Request& request) {
  const auto cursor = request.query.text("cursor");
  if (!cursor) return {};
  try {
    const auto place = json::parse(*cursor);
    const auto& pair = place.as_array();
    return {std::string(pair.at(0).as_string()), std::string(pair.at(1).as_string())};
  } catch (const std::exception&) {
    refuse_parameter("cursor", *cursor, "what this resource has given out");
  }
}

Answer list_tables(Request& request) {
  const auto limit = limit_of(request);
  const auto after = table_cursor(request);
  const auto workflow = request.query.text("workflow");
  const auto pipelines = visible_pipelines(request.store, request.caller.scope);
  auto found = request.server.tables.read(
      [&](view::TableIndex& index) { return index.tables(workflow, after, limit + 1, pipelines); });
  bj::object page;
  const bool more = std::ssize(found) > limit;
  if (more) found.pop_back();
  auto& items = page["items"].emplace_array();
  for (const auto& table : found) items.push_back(table_document(table, request.now));
  if (more)
    page["next"] = json::write(bj::array{found.back().latest.key, found.back().latest.connections});
  return {std::move(page)};
}

Answer list_runs_of_table(Request& request) {
  const auto limit = limit_of(request);
  std::optional<store::ExecutionId> behind;
  if (const auto cursor = request.query.text("cursor"))
    behind = store::ExecutionId{number_cursor("cursor", *cursor)};
  const auto pipelines = visible_pipelines(request.store, request.caller.scope);
  auto found = request.server.tables.read([&](view::TableIndex& index) {
    return index.runs_of(request.in_path("key"), behind, limit + 1, pipelines);
  });
  bj::object page;
  const bool more = std::ssize(found) > limit;
  if (more) found.pop_back();
  auto& items = page["items"].emplace_array();
  for (const auto& brief : found) items.push_back(run_of_table_document(brief));
  if (more) page["next"] = std::to_string(static_cast<std::int64_t>(found.back().execution));
  return {std::move(page)};
}

bj::object cell_document(const view::TableBrief& brief) {
  bj::object out{{"status", view::to_string(brief.outcome)},
                 {"duration_ms", brief.duration.count()}};
  if (brief.rows) out["rows"] = *brief.rows;
  add_text(out, "error", brief.error);
  return out;
}

// One row a table, with a cell for each of the runs; null where a run did nothing to it.
bj::array rows_of_grid(const std::vector<view::TableBrief>& briefs,
                       const std::vector<store::ExecutionRow>& runs) {
  bj::array rows;
  const view::TableBrief* before = nullptr;
  for (const auto& brief : briefs) {
    if (!before || before->key != brief.key || before->connections != brief.connections) {
      bj::object row{{"key", brief.key}};
      add_text(row, "connections", brief.connections);
      row["cells"].emplace_array().resize(runs.size(), nullptr);
      rows.push_back(std::move(row));
    }
    before = &brief;
    const auto at = std::ranges::find(runs, brief.execution, &store::ExecutionRow::id);
    if (at == runs.end()) continue;
    rows.back().get_object()["cells"].get_array()[static_cast<std::size_t>(at - runs.begin())] =
        cell_document(brief);
  }
  return rows;
}

Answer show_grid(Request& request) {
  constexpr std::int64_t usual = 60, most = 400;
  store::ListFilter filter;
  filter.workflow = request.query.text("workflow");
  filter.pipeline = request.query.text("pipeline");
  filter.pipelines = visible_pipelines(request.store, request.caller.scope);
  filter.before = request.query.time("until");
  filter.limit = request.query.integer("runs", usual, most);
  auto runs = request.store.list(filter);
  std::ranges::reverse(runs);
  std::vector<store::ExecutionId> ids;
  bj::array heads;
  for (const auto& row : runs) {
    ids.push_back(row.id);
    heads.push_back(bj::object{{"run", row.made.run_id},
                               {"name", row.made.name},
                               {"workflow", row.made.workflow},
                               {"started", to_iso(row.made.started_at)},
                               {"word", view::status_word(row, true)}});
  }
  const auto briefs =
      request.server.tables.read([&](view::TableIndex& index) { return index.of_runs(ids); });
  return {bj::object{{"runs", std::move(heads)}, {"rows", rows_of_grid(briefs, runs)}}};
}

}  // namespace

void add_table_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/tables",
                "tables.list",
                "The tables: whether they are right, their latest load, how old it is",
                Role::viewer,
                {{"workflow", Kind::text, "only tables whose latest run is of this workflow"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "TablePage",
                list_tables,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/tables/{key}/runs",
                "tables.runs",
                "What runs did to a table, the newest first",
                Role::viewer,
                {limit_parameter, cursor_parameter},
                {},
                "TableRunPage",
                list_runs_of_table,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/grid",
                "grid.show",
                "The tables of the latest runs: one row a table, one column a run",
                Role::viewer,
                {{"workflow", Kind::text, "only runs of this workflow"},
                 {"pipeline", Kind::text, "only runs of this pipeline"},
                 {"until", Kind::time, "only runs started earlier"},
                 {"runs", Kind::integer, "how many runs; default 60, most 400"}},
                {},
                "Grid",
                show_grid,
                Reach::filtered});
}

}  // namespace orch::rest
