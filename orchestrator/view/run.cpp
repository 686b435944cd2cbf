#include "orchestrator/view/run.h"

namespace orch::view {

using execution::Status;

bool interrupted(const store::ExecutionRow& row, bool owned) {
  return row.status == Status::running && !row.paused_at && !owned;
}

const char* status_word(const store::ExecutionRow& row, bool owned) {
  if (!row.damage.empty()) return "damaged";
  switch (row.status) {
    case Status::running:
      if (row.set_aside) return "set_aside";
      if (row.paused_at) return "paused";
      if (interrupted(row, owned)) return "interrupted";
      return row.waits_for ? "waiting" : "running";
    case Status::succeeded:
      return "succeeded";
    case Status::failed:
      return "failed";
    case Status::timed_out:
      return "timed_out";
    case Status::aborted:
      break;
  }
  return "stopped";
}

const store::ProgressRow* progress_of(const TableLine& table,
                                      std::span<const store::ProgressRow> progress) {
  if (table.steps.empty() || table.steps.back().outcome != Outcome::running) return nullptr;
  for (const auto& row : progress)
    if (row.ticket == table.steps.back().ticket) return &row;
  return nullptr;
}

}  // namespace orch::view
