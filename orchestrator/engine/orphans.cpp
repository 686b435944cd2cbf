#include "orchestrator/engine/orphans.h"

namespace orch::engine {

void Orphans::decide() {
  for (const auto& [parent, map_run] : map_runs_) stop_children(parent, map_run);
  for (const auto run : alone_) stop(run);
}

void Orphans::committed() {
  alone_.clear();
  map_runs_.clear();
}

void Orphans::stop_children(store::ExecutionId parent, execution::EventId map_run) {
  std::vector<store::ExecutionId> children;
  for (const auto& [id, run] : runs_.executions.all()) {
    const auto& link = run->row.made.parent;
    if (link && link->execution == parent && link->map_run == map_run) children.push_back(id);
  }
  for (const auto child : children) stop(child);
}

void Orphans::stop(store::ExecutionId run) {
  runs_.isolation.within(run, [&] {
    if (auto* active = runs_.executions.find(run))
      runs_.decisions.stimulate(*active, execution::Stop{"", ""});
  });
}

}  // namespace orch::engine
