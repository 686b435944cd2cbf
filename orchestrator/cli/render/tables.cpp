#include <fmt/format.h>

#include "orchestrator/cli/render/page.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli::render {
namespace {

struct Figures {
  std::optional<std::int64_t> rows;
  std::optional<double> rate;
};

// A table that is being staged counts what has arrived so far.
Figures figures_of(const view::TableLine& table, const store::ProgressRow* progress) {
  if (table.rows()) return {table.rows(), table.rows_per_second()};
  if (!progress) return {};
  const auto ms = (progress->at - table.steps.back().last).count();
  Figures figures{progress->rows, {}};
  if (ms > 0 && progress->rows > 0)
    figures.rate = static_cast<double>(progress->rows) * 1'000.0 / static_cast<double>(ms);
  return figures;
}

std::string step_text(const view::TableLine& table, const store::ProgressRow* progress) {
  if (table.steps.empty() || table.outcome == view::Outcome::succeeded) return {};
  if (progress && !progress->phase.empty()) return progress->phase;
  return step_name(table.steps.back());
}

}  // namespace

std::string step_name(const view::Step& step) {
  constexpr std::string_view ours = "orch:";
  return step.resource.starts_with(ours) ? step.resource.substr(ours.size()) : step.state;
}

std::string tables_text(const view::RunView& view, const Look& look) {
  Grid grid({{"  TABLE", false, true},
             {"STATUS"},
             {"STEP"},
             {"ROWS", true},
             {"RATE", true},
             {"DURATION", true},
             {"ATTEMPTS", true}});
  for (const auto& table : view.overview.tables) {
    const auto* progress = view::progress_of(table, view.progress);
    const auto figures = figures_of(table, progress);
    grid.add({"  " + table.key, Cell(to_string(table.outcome), tone_of(table.outcome)),
              step_text(table, progress), figures.rows ? count_text(*figures.rows) : "",
              figures.rate ? rate_text(*figures.rate) : "",
              table.steps.empty() ? "" : duration_text(table.duration(view.now)),
              table.attempts() > 0 ? count_text(table.attempts()) : ""});
  }
  return grid.text(look);
}

}  // namespace orch::cli::render
