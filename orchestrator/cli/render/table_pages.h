// Tables across runs: how old each is, and how one of them fared.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "orchestrator/cli/render/grid.h"
#include "orchestrator/view/table_runs.h"

namespace orch::cli::render {

/// One line a table: how its latest run ended, as of when its rows are, how many they are and how
/// many more than before. `oldest`: a table whose rows are older is marked.
std::string table_states_page(std::span<const view::TableState> states,
                              std::optional<Instant> oldest, Instant now, const Look& look);

/// One line a run of a single table, in the order given, with the time that it took.
std::string table_runs_page(std::span<const view::TableRun> runs, Instant now, const Look& look);

}  // namespace orch::cli::render
