#include "orchestrator/view/document.h"

#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/schedule_trigger.h"

namespace orch::view {
namespace {

namespace bj = boost::json;

void add_text(bj::object& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

bj::object state_document(const StateLine& line) {
  bj::object out{{"name", line.name},           {"type", line.type},
                 {"depth", line.depth},         {"status", to_string(line.outcome())},
                 {"entered", line.entered},     {"running", line.running},
                 {"succeeded", line.succeeded}, {"caught", line.caught},
                 {"failed", line.failed},       {"aborted", line.aborted},
                 {"attempts", line.attempts},   {"first", to_iso(line.first)},
                 {"last", to_iso(line.last)}};
  if (line.type == "Map") out["items"] = line.length;
  if (line.due && line.running > 0) out["due"] = to_iso(*line.due);
  if (line.failure) out["failure"] = failure_document(*line.failure);
  return out;
}

bj::object step_document(const Step& step) {
  bj::object out{{"state", step.state},
                 {"resource", step.resource},
                 {"status", to_string(step.outcome)},
                 {"attempts", step.attempts},
                 {"first", to_iso(step.first)},
                 {"last", to_iso(step.last)},
                 {"duration_ms", (step.last - step.first).count()}};
  if (step.rows) out["rows"] = *step.rows;
  if (step.outcome == Outcome::retrying && step.due) out["due"] = to_iso(*step.due);
  if (step.failure) out["failure"] = failure_document(*step.failure);
  if (!step.output.empty()) out["output"] = step.output;
  return out;
}

bj::object table_document(const TableLine& table, std::span<const store::ProgressRow> progress,
                          Instant now) {
  bj::object out{{"key", table.key}, {"status", to_string(table.outcome)}};
  if (const auto rows = table.rows()) out["rows"] = *rows;
  if (const auto rate = table.rows_per_second()) out["rows_per_second"] = *rate;
  out["duration_ms"] = table.duration(now).count();
  out["attempts"] = table.attempts();
  if (const auto* reported = progress_of(table, progress)) {
    bj::object so_far{
        {"phase", reported->phase}, {"rows", reported->rows}, {"bytes", reported->bytes}};
    if (reported->expected_rows) so_far["expected_rows"] = *reported->expected_rows;
    so_far["at"] = to_iso(reported->at);
    out["progress"] = std::move(so_far);
  }
  if (const auto* failure = table.failure()) out["failure"] = failure_document(*failure);
  bj::array steps;
  for (const auto& step : table.steps) steps.push_back(step_document(step));
  out["steps"] = std::move(steps);
  return out;
}

bj::array connections_document(const Overview& overview) {
  bj::array out;
  for (const auto& line : overview.connections) {
    bj::object object{{"name", line.name}, {"engine", line.engine}, {"status", line.status}};
    if (line.latency_ms) object["latency_ms"] = *line.latency_ms;
    add_text(object, "reason", line.reason);
    out.push_back(std::move(object));
  }
  return out;
}

// A payload as the value it is.
bj::value value_of(const std::string& text) { return json::parse(text); }

bj::object load_document(const TableRun& run) {
  bj::object out{{"run", run.run},
                 {"name", run.name},
                 {"rows", run.load->rows},
                 {"published", to_iso(run.load->published)}};
  if (run.load->as_of) out["as_of"] = to_iso(*run.load->as_of);
  return out;
}

}  // namespace

bj::object table_run_document(const TableRun& run, Instant now) {
  bj::object out{{"run", run.run},
                 {"name", run.name},
                 {"workflow", run.workflow},
                 {"started", to_iso(run.started)}};
  add_text(out, "connections", run.connections);
  if (run.load) out["load"] = load_document(run);
  for (const auto& member : table_document(run.table, {}, now)) out[member.key()] = member.value();
  return out;
}

bj::object table_state_document(const TableState& state, Instant now) {
  const auto& latest = *state.latest;
  bj::object out{{"key", latest.table.key},
                 {"status", to_string(latest.table.outcome)},
                 {"latest_run", latest.run}};
  add_text(out, "connections", latest.connections);
  if (const auto* failure = latest.table.failure()) out["failure"] = failure_document(*failure);
  if (!state.loaded) return out;
  out["load"] = load_document(*state.loaded);
  out["age_ms"] = (now - state.loaded->load->moment()).count();
  if (state.before) out["load_before"] = load_document(*state.before);
  return out;
}

bj::object children_document(const Children& children) {
  return {{"total", children.total},
          {"running", children.running},
          {"succeeded", children.succeeded},
          {"failed", children.failed},
          {"aborted", children.stopped}};
}

bj::object failure_document(const Failure& failure) {
  bj::object out{{"error", failure.error}, {"message", failure.message}};
  add_text(out, "hint", failure.hint);
  add_text(out, "code", failure.code);
  add_text(out, "key", failure.key);
  add_text(out, "connection", failure.connection);
  out["cause"] = failure.cause;
  return out;
}

bj::object run_document(const store::ExecutionRow& row, Instant now, bool payloads) {
  const auto& made = row.made;
  bj::object out{{"run", made.run_id},
                 {"name", made.name},
                 {"workflow", made.workflow},
                 {"status", execution::to_string(row.status)},
                 {"started", to_iso(made.started_at)}};
  if (row.ended_at) out["ended"] = to_iso(*row.ended_at);
  if (row.paused_at) out["paused"] = to_iso(*row.paused_at);
  if (row.set_aside) out["set_aside"] = *row.set_aside;
  if (!row.damage.empty()) out["damaged"] = row.damage;
  if (const auto& link = made.pipeline) {
    out["pipeline"] = link->pipeline;
    out["trigger"] = link->trigger;
    out["fire_time"] = pipeline::fire_key(link->fire_time);
    if (link->backfill) out["backfill"] = *link->backfill;
  }
  out["duration_ms"] = (row.ended_at.value_or(now) - made.started_at).count();
  out["redrives"] = row.redrive_count;
  add_text(out, "connections", made.connections);
  if (row.error) out["error"] = *row.error;
  if (row.cause) out["cause"] = *row.cause;
  if (payloads) {
    out["input"] = value_of(made.input);
    if (row.output) out["output"] = value_of(*row.output);
  }
  return out;
}

bj::object run_document(const RunView& view) {
  auto out = run_document(view.row, view.now, true);
  if (!view.owner.empty()) out["owner"] = view.owner;
  if (view.waiting)
    out["waits_for"] = {
        {"run", view.waiting->run},
        {"name", view.waiting->name},
        {"claims", bj::array(view.waiting->claims.begin(), view.waiting->claims.end())}};
  if (view.held) out["held"] = hold_document(*view.held);
  for (const auto& wait : view.task_waits) {
    auto& waits = out["waiting"];
    if (!waits.is_array()) waits.emplace_array();
    waits.get_array().push_back(
        bj::object{{"for", wait.text}, {"tasks", wait.tasks}, {"since", to_iso(wait.since)}});
  }
  if (interrupted(view.row, !view.owner.empty())) out["interrupted"] = true;
  for (const auto& part : view.parts_aside) {
    auto& parts = out["parts_set_aside"];
    if (!parts.is_array()) parts.emplace_array();
    parts.get_array().push_back(
        bj::object{{"run", part.made.run_id}, {"set_aside", part.set_aside.value_or("")}});
  }
  out["events"] = view.overview.events;
  bj::array states;
  for (const auto& line : view.overview.states) {
    states.push_back(state_document(line));
    if (const auto found = view.children.find(line.name); found != view.children.end())
      states.back().get_object()["children"] = children_document(found->second);
  }
  out["states"] = std::move(states);
  bj::array tables;
  for (const auto& table : view.overview.tables)
    tables.push_back(table_document(table, view.progress, view.now));
  out["tables"] = std::move(tables);
  out["connections_seen"] = connections_document(view.overview);
  if (view.overview.failure) out["failure"] = failure_document(*view.overview.failure);
  bj::array files;
  for (const auto& file : view.overview.files) files.emplace_back(file);
  out["files"] = std::move(files);
  return out;
}

}  // namespace orch::view
