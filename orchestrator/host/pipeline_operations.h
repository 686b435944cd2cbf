// What is done with pipelines.
//
//   pipelines.pause   {"name","by"?,"note"?}    triggers do not fire; what they would is recorded
//   pipelines.resume  {"name"}
//   → {"name","paused","since"?,"by"?,"note"?}
//
//   pipelines.run  {"name","input"?,"key"?,"at"?}   a run, as the pipeline's overlap allows
//   → a fire, see view/pipelines.h, with "again" where the key is known already. Without an engine
//     the fire waits for the next `orch serve`.
//
//   pipelines.backfill  {"name","trigger"?,"from","to"?,"order"?,"at_once"?,"by"?,"note"?}
//   → {"backfill","trigger","fires","left_alone"}
//     Fire times of a schedule in the range that have no run get one. "order": oldest, newest.
//   pipelines.cancel_backfill  {"name","backfill","by"?} → {"backfill","cancelled"}
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"
#include "orchestrator/store/pipelines.h"

namespace orch::host {

std::vector<Operation> pipeline_operations();
std::vector<Operation> backfill_operations();

/// What it has read of pipelines has changed.
void tell_engine(const Site& site);

/// Throws Error ORCH-0802 when there is no pipeline of this name.
store::PipelineRow required_pipeline(store::Store& store, const std::string& name);

}  // namespace orch::host
