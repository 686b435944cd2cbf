// Runs that rest until somebody resumes them.
#include <set>

#include <fmt/format.h>

#include "orchestrator/engine/ask.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/family.h"

namespace orch::engine {

void Engine::Core::pause_run(const std::string& run) {
  ask<bool>([&] {
    do_pause(run);
    return true;
  }).get();
}

void Engine::Core::do_pause(const std::string& run) {
  const auto row = store_.find(run);
  if (row.status == execution::Status::running) transaction().set_paused(row.id, now_);
}

// The run itself or the one it is a part of, whichever is paused.
std::optional<store::ExecutionRow> Engine::Core::paused_elder(const store::ExecutionRow& row) {
  auto each = row;
  while (!each.paused_at) {
    const auto elder = elder_of(each);
    if (!elder) return std::nullopt;
    each = store_.find(*elder);
  }
  return each;
}

// Of a run that has not ended: what is paused is taken up, what is under way stays as it is.
std::string Engine::Core::go_on(store::ExecutionRow row, const Redrive& redrive) {
  const bool other_files =
      !redrive.catalog.empty() ||
      (!redrive.connections.empty() && redrive.connections != row.made.connections);
  const bool other_flow = !redrive.from.empty() || !redrive.input.empty() || redrive.definition;
  if (other_flow || (other_files && !row.paused_at))
    refuse(row,
           row.paused_at ? "is paused; it continues with its own input and definition"
                         : "is under way; it goes on by itself, as it was started",
           "`orch stop` it first, then resume it with what is to change");
  if (row.paused_at) bring_along(row, redrive);
  if (auto* active = find(row.id)) {  // paused and resumed in one process
    active->row.made.connections = row.made.connections;
    active->row.catalog = row.catalog;
    active->row.resumes = row.resumes;
  }
  wake(row);
  return row.made.run_id;
}

// What a resume changes in the row of its run.
void Engine::Core::bring_along(store::ExecutionRow& row, const Redrive& redrive) {
  if (!redrive.connections.empty()) row.made.connections = redrive.connections;
  if (!redrive.catalog.empty()) row.catalog = redrive.catalog;
  row.made.request = redrive.request;
  ++row.resumes;
  transaction().set_resumed(row);
}

// After this the run is under way in memory, with its parts. True when it was not before.
bool Engine::Core::wake(const store::ExecutionRow& row) {
  const auto paused = paused_elder(row);
  if (paused && paused->id != row.id)
    refuse(row, fmt::format("is a part of run {}, which is paused", paused->made.run_id),
           fmt::format("`orch resume {}` goes on with both", paused->made.run_id));
  if (paused) transaction().set_paused(row.id, std::nullopt);
  if (find(row.id)) return false;
  claim_again(row);
  load(row);
  for (const auto& part : parts_of(store_, row))
    if (!find(part.id)) load(part);
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  running.children = true;
  std::set<store::ExecutionId> known;
  for (const auto& each : store_.list(running)) known.insert(each.id);
  find_orphans(known);
  find_nested_orphans(known);
  return true;
}

}  // namespace orch::engine
