#include "orchestrator/view/table_runs.h"

#include <map>
#include <utility>

#include "orchestrator/base/error.h"

namespace orch::view {
namespace {

namespace bj = boost::json;

std::optional<Instant> as_of(const bj::object& output) {
  const auto* moment = output.if_contains("as_of");
  const auto* object = moment ? moment->if_object() : nullptr;
  const auto* time = object ? object->if_contains("time") : nullptr;
  return time && time->is_string() ? from_iso(std::string_view(time->get_string())) : std::nullopt;
}

// Only orch:merge names a strategy; in a fleet its resource is an activity's.
bool publishes(const Step& step) {
  const auto* rows = step.output.if_contains("rows");
  return step.outcome == Outcome::succeeded && step.output.contains("strategy") && rows &&
         rows->is_int64();
}

void add_tables(store::Store& store, const store::ExecutionRow& row, const std::string& key,
                std::vector<TableRun>& to) {
  const auto& made = row.made;
  for (const auto& table : overview_of(store, row.id).tables) {
    if (table.steps.empty() || (!key.empty() && table.key != key)) continue;
    to.push_back({made.run_id, made.name, made.workflow, made.connections, made.started_at, table,
                  load_of(table)});
  }
}

}  // namespace

Overview overview_of(store::Store& store, store::ExecutionId id) {
  Projection projection;
  store.history(id, 0, [&](const execution::Event& event) { projection.add(event); });
  return projection.overview();
}

std::optional<Load> load_of(const TableLine& table) {
  std::optional<Load> load;
  std::optional<Instant> read;
  for (const auto& step : table.steps) {
    if (const auto moment = as_of(step.output)) read = moment;
    if (publishes(step)) load = Load{step.output.at("rows").get_int64(), step.last, {}};
  }
  if (load) load->as_of = read;
  return load;
}

TableRuns table_runs(store::Store& store, const store::ListFilter& filter, const std::string& key) {
  TableRuns found;
  for (const auto& row : store.list(filter)) {
    ++found.read;
    try {
      store::require_sound(row);
      add_tables(store, row, key, found.runs);
    } catch (const Error& error) {
      if (error.code() != "ORCH-0206") throw;
      found.damaged.push_back(row.made.run_id);
    }
  }
  return found;
}

std::vector<TableState> table_states(std::span<const TableRun> runs) {
  std::map<std::pair<std::string, std::string>, TableState> states;
  for (const auto& run : runs) {
    auto& state = states[{run.table.key, run.connections}];
    if (!state.latest) state.latest = &run;
    if (!run.load) continue;
    if (!state.loaded)
      state.loaded = &run;
    else if (!state.before)
      state.before = &run;
  }
  std::vector<TableState> list;
  list.reserve(states.size());
  for (const auto& [key, state] : states) list.push_back(state);
  return list;
}

}  // namespace orch::view
