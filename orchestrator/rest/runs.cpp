// Runs: the list, one with all that is known of it, its events.
#include <algorithm>
#include <array>
#include <iterator>

#include "orchestrator/engine/family.h"
#include "orchestrator/rest/paging.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/reveal.h"
#include "orchestrator/rest/visible.h"
#include "orchestrator/stepfunctions/service_history.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/event_filter.h"
#include "orchestrator/view/limits.h"
#include "orchestrator/view/relations.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;
using store::Standing;

struct Word {
  std::string_view word;
  Standing standing;
};
// Of view::status_word(); without "interrupted", for a process that serves owns its store, and
// "damaged", which is no state of a run.
constexpr std::array words = {
    Word{"running", Standing::running},     Word{"waiting", Standing::waiting},
    Word{"paused", Standing::paused},       Word{"set_aside", Standing::set_aside},
    Word{"succeeded", Standing::succeeded}, Word{"failed", Standing::failed},
    Word{"timed_out", Standing::timed_out}, Word{"stopped", Standing::stopped},
};

Standing standing_of(const std::string& word) {
  const auto* found = std::ranges::find(words, std::string_view(word), &Word::word);
  if (found == words.end())
    refuse_parameter("status", word,
                     "any of running, waiting, paused, set_aside, succeeded, failed, timed_out, "
                     "stopped, with commas between");
  return found->standing;
}

std::pair<std::string, std::optional<std::string>> tag_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, std::nullopt};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

store::ListFilter filter_of(const Request& request) {
  const auto& query = request.query;
  store::ListFilter filter;
  for (const auto& word : query.words("status")) filter.standings.push_back(standing_of(word));
  filter.workflow = query.text("workflow");
  filter.pipeline = query.text("pipeline");
  filter.named = query.text("name");
  filter.failed_by = query.text("error");
  filter.not_before = query.time("since");
  filter.before = query.time("until");
  if (const auto tag = query.text("tag")) filter.tag = tag_of(*tag);
  filter.pipelines = visible_pipelines(request.store, request.caller.scope);
  filter.behind = run_cursor(request);
  filter.limit = limit_of(request) + 1;
  return filter;
}

bj::object item_of(const store::ExecutionRow& row, Instant now) {
  auto out = view::run_document(row, now, false);
  out["word"] = view::status_word(row, true);
  return out;
}

// The runs that worked on a table are found by the index of tables, some hundred at a time: most of
// them may be left out by the rest of the filter.
std::vector<store::ExecutionRow> rows_of_table(Request& request, store::ListFilter filter,
                                               const std::string& key) {
  constexpr std::int64_t at_once = 500;
  const auto wanted = filter.limit;
  std::optional<store::ExecutionId> behind;
  std::vector<store::ExecutionRow> rows;
  while (std::ssize(rows) < wanted) {
    const auto briefs = request.server.tables.read(
        [&](view::TableIndex& index) { return index.runs_of(key, behind, at_once); });
    if (briefs.empty()) break;
    behind = briefs.back().execution;
    filter.among.emplace();
    for (const auto& brief : briefs) filter.among->push_back(brief.execution);
    filter.limit = wanted - std::ssize(rows);
    std::ranges::move(request.store.list(filter), std::back_inserter(rows));
  }
  return rows;
}

Answer list_runs(Request& request) {
  const auto filter = filter_of(request);
  const auto key = request.query.text("key");
  auto rows = key ? rows_of_table(request, filter, *key) : request.store.list(filter);
  bj::object page;
  auto& items = page["items"].emplace_array();
  const bool more = std::ssize(rows) == filter.limit;
  if (more) rows.pop_back();
  for (const auto& row : rows) items.push_back(item_of(row, request.now));
  if (more) page["next"] = run_cursor(rows.back());
  return {std::move(page)};
}

Answer show_run(Request& request) {
  auto& store = request.store;
  const auto row = store.find(request.in_path("run"));
  std::vector<store::ProgressRow> progress;
  if (row.status == execution::Status::running) progress = store.progress(row.id);
  view::RunView view{row, view::overview_of(store, row.id), progress, request.now, "orch serve"};
  // Both name other runs.
  const auto& scope = request.caller.scope;
  if (!scope.limited()) view.waiting = view::waiting_for(store, row);
  view.task_waits = view::task_waits(
      store, row, [&](const store::ExecutionRow& other) { return sees_run(store, scope, other); });
  if (row.status == execution::Status::running) view.held = view::hold_of(store, row, request.now);
  view.children = view::children_of(store, row, view.overview);
  if (row.status == execution::Status::running) view.parts_aside = engine::parts_aside(store, row);
  auto out = view::run_document(view);
  out.erase("owner");
  out["word"] = view::status_word(row, true);
  return {std::move(out)};
}

Answer list_events(Request& request) {
  const auto& query = request.query;
  auto& store = request.store;
  const auto row = store.find(request.in_path("run"));
  view::EventFilter filter(
      {query.text("table").value_or(""), query.text("state").value_or(""), query.flag("failures")});
  if (filter.must_learn())
    store.history(row.id, 0, [&](const execution::Event& event) { filter.learn(event); });
  const auto cursor = query.text("cursor");
  const auto after = cursor ? number_cursor("cursor", *cursor) : 0;
  const auto limit = limit_of(request);
  stepfunctions::ServiceHistory service;
  bj::object page;
  bj::array items;
  execution::EventId last = after;
  // All events are read: the service's ids and the filter depend on those before.
  store.history(row.id, 0, [&](const execution::Event& event) {
    const bool taken = filter.takes(event);
    auto converted = service.convert(event);
    if (!taken || !converted || event.id <= after) return;
    if (std::ssize(items) == limit) {
      page["next"] = std::to_string(last);
      return;
    }
    last = event.id;
    items.push_back(std::move(*converted));
  });
  page["items"] = std::move(items);
  return {std::move(page)};
}

}  // namespace

void add_run_routes(std::vector<Route>& to) {
  to.push_back({verb::get,
                "/v1/runs",
                "runs.list",
                "The runs, newest first",
                Role::viewer,
                {{"status", Kind::words,
                  "any of running, waiting, paused, set_aside, succeeded, failed, timed_out, "
                  "stopped"},
                 {"workflow", Kind::text, "name of the workflow"},
                 {"pipeline", Kind::text, "name of the pipeline that it belongs to"},
                 {"name", Kind::text, "what the run's name has in it, whatever the case"},
                 {"error", Kind::text, "what its error or cause has in it, whatever the case"},
                 {"key", Kind::text, "metadata key of a table that it has worked on"},
                 {"tag", Kind::text, "KEY or KEY=VALUE: a tag of its state machine"},
                 {"since", Kind::time, "started then or later"},
                 {"until", Kind::time, "started earlier"},
                 limit_parameter,
                 cursor_parameter},
                {},
                "RunPage",
                list_runs,
                Reach::filtered});
  to.push_back({verb::get,
                "/v1/runs/{run}",
                "runs.show",
                "One run: states, tables, failures, input and output",
                Role::viewer,
                {reveal_parameter},
                {},
                "RunDetail",
                show_run,
                Reach::run});
  to.push_back({verb::get,
                "/v1/runs/{run}/events",
                "runs.events",
                "The events of a run, in the shape of the Step Functions history",
                Role::viewer,
                {{"table", Kind::text, "only events of the work on the table with this key"},
                 {"state", Kind::text, "only events of this state"},
                 {"failures", Kind::boolean, "only what failed, timed out or was stopped"},
                 reveal_parameter,
                 limit_parameter,
                 cursor_parameter},
                {},
                "EventPage",
                list_events,
                Reach::run});
  to.push_back({verb::get,
                "/v1/events",
                "events.listen",
                "What happens, as server-sent events; continues after Last-Event-ID",
                Role::viewer,
                {{"run", Kind::text, "only of this run, with its history and progress"},
                 {"pipeline", Kind::text, "only of runs of this pipeline"},
                 {"kind", Kind::words, "only these events: run, history, progress"},
                 {"cursor", Kind::integer, "the id that was heard last"}},
                {},
                "EventStream",
                nullptr,
                Reach::filtered});
}

}  // namespace orch::rest
