// What a run has to do with others: the one that it waits for, and the children of its maps.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"
#include "orchestrator/view/run.h"

namespace orch::view {

/// The run that `row` waits for; empty: it waits for none.
std::optional<Waiting> waiting_for(store::Store& store, const store::ExecutionRow& row);

/// Counts children of one status.
void add_children(Children& to, execution::Status status, std::int64_t count);

/// The children of some map runs of a run, by the ids of their MapRunStarted events.
Children children_of(store::Store& store, store::ExecutionId run,
                     const std::vector<execution::EventId>& map_runs);

/// The children of its distributed maps, by the names of the Map states.
std::map<std::string, Children> children_of(store::Store& store, const store::ExecutionRow& row,
                                            const Overview& overview);

}  // namespace orch::view
