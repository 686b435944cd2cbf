#include "orchestrator/cli/render/table_pages.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/render/time_column.h"

namespace orch::cli::render {
namespace {

// Narrower ones show the names of tables rather than years, rates and runs.
constexpr std::size_t usual_page = 100;

std::string change_text(std::int64_t now, std::int64_t before) {
  if (now == before) return "=";
  return now > before ? "+" + count_text(now - before) : count_text(now - before);
}

// The folder of the connections file says which project a table belongs to.
std::string project_of(const view::TableRun& run) {
  return std::filesystem::path(run.connections).parent_path().string();
}

bool several_projects(std::span<const view::TableState> states) {
  std::set<std::string> projects;
  for (const auto& state : states) projects.insert(state.latest->connections);
  return projects.size() > 1;
}

std::string error_of(const view::TableLine& table) {
  const auto* failure = table.failure();
  return failure ? failure->error : std::string();
}

Cell outcome_cell(const view::TableLine& table) {
  return {to_string(table.outcome), tone_of(table.outcome)};
}

}  // namespace

std::string table_states_page(std::span<const view::TableState> states,
                              std::optional<Instant> oldest, Instant now, const Look& look) {
  const bool narrow = narrower_than(usual_page, look);
  const TimeColumn moment("ROWS AS OF", now, narrow, look);
  Grid grid({{"TABLE", false, true},
             {"PROJECT", false, true, true},
             {"STATUS"},
             moment.column(),
             {"AGE", true},
             {"ROWS", true},
             {"CHANGE", true},
             {"LATEST RUN", false, true},
             {"ERROR", false, true}});
  const bool projects = several_projects(states);
  for (const auto& state : states) {
    const auto& latest = *state.latest;
    const auto* load = state.loaded ? &*state.loaded->load : nullptr;
    const bool old = oldest && (!load || load->moment() < *oldest);
    grid.add({latest.table.key, projects ? project_of(latest) : "", outcome_cell(latest.table),
              load ? moment.text(load->moment()) : "never",
              Cell(load ? duration_text(now - load->moment()) : "", old ? Tone::bad : Tone::plain),
              load ? count_text(load->rows) : "",
              state.before ? change_text(load->rows, state.before->load->rows) : "",
              narrow ? "" : latest.name, Cell(error_of(latest.table), Tone::bad)});
  }
  return grid.text(look);
}

std::string table_runs_page(std::span<const view::TableRun> runs, Instant now, const Look& look) {
  const bool narrow = narrower_than(usual_page, look);
  const TimeColumn started("STARTED", now, narrow, look);
  Grid grid({{"RUN", false, true, true},
             {"NAME", false, true},
             started.column(),
             {"STATUS"},
             {"ROWS", true},
             {"CHANGE", true},
             {"DURATION", true},
             {"RATE", true},
             {"ATTEMPTS", true},
             {"ERROR", false, true}});
  std::vector<std::string> ids;
  for (const auto& run : runs) ids.push_back(run.run);
  const auto ending = ending_of(ids);
  for (std::size_t at = 0; at < runs.size(); ++at) {
    const auto& [run, name, workflow, connections, start, table, load] = runs[at];
    const view::Load* before = nullptr;
    for (std::size_t i = at + 1; load && !before && i < runs.size(); ++i)
      if (runs[i].load && runs[i].connections == connections) before = &*runs[i].load;
    Cell id(run);
    id.ending = ending;
    const auto rate = table.rows_per_second();
    grid.add({id, name == run ? "" : name, started.text(start), outcome_cell(table),
              load ? count_text(load->rows) : "",
              before ? change_text(load->rows, before->rows) : "",
              duration_text(table.duration(now)), rate && !narrow ? rate_text(*rate) : "",
              table.attempts() > 1 ? count_text(table.attempts()) : "",
              Cell(error_of(table), Tone::bad)});
  }
  return grid.text(look);
}

}  // namespace orch::cli::render
