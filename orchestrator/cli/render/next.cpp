#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/cli/render/page.h"

namespace orch::cli::render {
namespace {

// Resuming repeats what failed: of no use where it must fail again.
void add_remedy(Grid& grid, const store::ExecutionRow& row, const std::string& id) {
  constexpr std::array of_the_definition = {
      "States.Runtime",          "States.ParameterPathFailure", "States.ResultPathMatchFailure",
      "States.IntrinsicFailure", "States.NoChoiceMatched",      "States.QueryEvaluationError"};
  const auto error = row.error.value_or("");
  const auto add = [&](const std::string& command, const char* what) {
    grid.add({"  orch " + command, Cell(what, Tone::faint)});
  };
  if (error == "Input.Invalid")
    return add(fmt::format("submit {} --input …", row.made.workflow),
               "a new run with a corrected input; a resume would meet the same one");
  if (std::ranges::find(of_the_definition, error) != of_the_definition.end())
    return add(fmt::format("resume {} --definition FILE", id),
               "continue with a corrected definition");
  add("resume " + id, "redo only what failed; what succeeded is kept");
}

}  // namespace

std::string next_text(const view::RunView& view, bool with_status, const Look& look) {
  const auto& made = view.row.made;
  const auto id =
      made.name.find_first_of(" \t'\"$`\\") == std::string::npos ? made.name : made.run_id;
  Grid grid({{"  NEXT"}, {"", false, true}});
  const auto add = [&](const char* command, const char* what) {
    grid.add({fmt::format("  orch {} {}", command, id), Cell(what, Tone::faint)});
  };
  const bool running = view.row.status == execution::Status::running;
  if (running && (view.row.paused_at || view.owner.empty())) add("resume", "continue where it was");
  if (running) add("stop", "end it; it can be resumed");
  if (!running && view.row.status != execution::Status::succeeded) add_remedy(grid, view.row, id);
  if (with_status) add("status", "states, tables and failures");
  add("history", "every event");
  auto text = grid.text(look);
  return text.substr(text.find('\n') + 1);
}

}  // namespace orch::cli::render
