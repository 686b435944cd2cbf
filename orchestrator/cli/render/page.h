// Pages for people: the list of runs, one run, its history.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "orchestrator/cli/render/grid.h"
#include "orchestrator/view/run.h"

namespace orch::cli::render {

Tone tone_of(const store::ExecutionRow& row, bool owned);
Tone tone_of(view::Outcome outcome);

/// What a step does, from its resource: "stage" of "orch:stage"; other resources as they are.
std::string step_name(const view::Step& step);

/// "waiting for run c1 (tables a, b)"; or what its tasks wait for; empty when
/// that is nothing.
std::string waiting_text(const view::RunView& view);

/// How many characters at the end of the ids of runs, all different, tell them apart.
std::size_t ending_of(std::span<const std::string> ids);

/// The runs as a table, newest first as given; of the ids, the shortest ending that tells them
/// apart is marked. `owned`: a process owns the store.
std::string runs_page(std::span<const store::ExecutionRow> rows, Instant now, bool owned,
                      const Look& look);
/// Head, connections, states, tables, failures, input, output, and what to do next. Input and
/// output are cut as payload_text() does unless `full`.
std::string run_page(const view::RunView& view, bool full, const Look& look);
/// What is shown when a run that was followed has ended: outcome, tables, failures, what to do
/// next.
std::string end_page(const view::RunView& view, const Look& look);
/// The table of tables alone.
std::string tables_text(const view::RunView& view, const Look& look);
/// One block per failed table, and one for the run when its failure is none of these.
std::string failures_text(const view::RunView& view, const Look& look);
/// The commands that make sense now, one a line: "orch resume ID   continue …"; `orch status` among
/// them `with_status`.
std::string next_text(const view::RunView& view, bool with_status, const Look& look);

/// One event as a line of `orch history`: number, time since the start, type, what.
std::vector<Cell> history_cells(const execution::Event& event, Instant started, const Look& look);
/// The columns for history_cells().
std::vector<Column> history_columns();

}  // namespace orch::cli::render
