// Pages for people: the list of runs, one run, its history.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"
#include "orchestrator/view/grid.h"
#include "orchestrator/view/projection.h"

namespace orch::view {

/// The other run that one waits for.
struct Waiting {
  std::string run;                  ///< its id
  std::string name;                 ///< its name
  std::vector<std::string> claims;  ///< what both want
};

/// The children of a distributed Map, of all its map runs together.
struct Children {
  std::int64_t total = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;   ///< timed out too
  std::int64_t stopped = 0;  ///< ABORTED
};

/// A run with all that is known about it.
struct RunView {
  const store::ExecutionRow& row;
  const Overview& overview;
  std::span<const store::ProgressRow> progress;  ///< of its open tasks
  Instant now;
  /// Who owns the store; empty: nobody, so a running run waits for the next orch.
  std::string owner = {};
  std::optional<Waiting> waiting = {};
  /// Its iterations, and runs that its tasks wait for, that are set aside by themselves.
  std::vector<store::ExecutionRow> parts_aside = {};
  std::map<std::string, Children> children = {};  ///< by the name of the Map state
};

/// The words of `orch status` and its --only: "succeeded", "failed", "timed_out", "stopped",
/// "paused", "set_aside" (by the engine), "interrupted" (under way, and nobody owns the store),
/// "waiting" (for another run), "running",
/// "damaged" (what the store holds of it is not what was written).
const char* status_word(const store::ExecutionRow& row, bool owned);
/// Under way, not paused, and nobody owns the store: the next owner continues it.
bool interrupted(const store::ExecutionRow& row, bool owned);
Tone tone_of(const store::ExecutionRow& row, bool owned);
Tone tone_of(Outcome outcome);

/// What a step does, from its resource: "stage" of "orch:stage"; other resources as they are.
std::string step_name(const Step& step);

/// "waiting for run c1 (tables a, b)"; empty when it waits for none.
std::string waiting_text(const RunView& view);

/// The progress of the table's open task; null when none is reported.
const store::ProgressRow* progress_of(const TableLine& table,
                                      std::span<const store::ProgressRow> progress);

/// The runs as a table, newest first as given; of the ids, the shortest ending that tells them
/// apart is marked. `owned`: somebody owns the store.
std::string runs_page(std::span<const store::ExecutionRow> rows, Instant now, bool owned,
                      const Look& look);
/// Head, connections, states, tables, failures, input, output, and what to do next. Input and
/// output are cut as payload_text() does unless `full`.
std::string run_page(const RunView& view, bool full, const Look& look);
/// What is shown when a run that was followed has ended: outcome, tables, failures, what to do
/// next.
std::string end_page(const RunView& view, const Look& look);
/// The table of tables alone.
std::string tables_text(const RunView& view, const Look& look);
/// One block per failed table, and one for the run when its failure is none of these.
std::string failures_text(const RunView& view, const Look& look);
/// The commands that make sense now, one a line: "orch resume ID   continue …"; `orch status` among
/// them `with_status`.
std::string next_text(const RunView& view, bool with_status, const Look& look);

/// One event as a line of `orch history`: number, time since the start, type, what.
std::vector<Cell> history_cells(const execution::Event& event, Instant started, const Look& look);
/// The columns for history_cells().
std::vector<Column> history_columns();

}  // namespace orch::view
