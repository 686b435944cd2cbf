#include "orchestrator/view/relations.h"

#include <algorithm>
#include <iterator>

namespace orch::view {

using execution::Status;

std::optional<Waiting> waiting_for(store::Store& store, const store::ExecutionRow& row) {
  if (!row.waits_for) return std::nullopt;
  const auto other = store.find(*row.waits_for);
  const auto mine = store.claims_of(row.id);
  const auto theirs = store.claims_of(other.id);
  Waiting waiting{other.made.run_id, other.made.name, {}};
  std::ranges::set_intersection(mine, theirs, std::back_inserter(waiting.claims));
  return waiting;
}

void add_children(Children& to, Status status, std::int64_t count) {
  to.total += count;
  auto& word = status == Status::running     ? to.running
               : status == Status::succeeded ? to.succeeded
               : status == Status::aborted   ? to.stopped
                                             : to.failed;
  word += count;
}

Children children_of(store::Store& store, store::ExecutionId run,
                     const std::vector<execution::EventId>& map_runs) {
  Children children;
  for (const auto map_run : map_runs) {
    for (const auto& [status, count, items] : store.count_children(run, map_run))
      add_children(children, status, count);
  }
  return children;
}

std::map<std::string, Children> children_of(store::Store& store, const store::ExecutionRow& row,
                                            const Overview& overview) {
  std::map<std::string, Children> found;
  for (const auto& line : overview.states)
    if (!line.map_runs.empty()) found[line.name] = children_of(store, row.id, line.map_runs);
  return found;
}

}  // namespace orch::view
