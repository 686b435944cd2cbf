// The plan of the load that is staged.
#pragma once

#include "workers/data/target.h"
#include "workers/replication/steps.h"

namespace orch::replication {

/// A staged load with the plan it was made by.
struct Staged {
  data::LoadRecord record;
  data::LoadPlan plan;
};

/// What is staged for the entry's target, planned again from the request in its position; unset
/// when nothing is. Throws TaskFailed "Schema.Changed" (ORCH-0509) when the target would now take
/// the columns in another way than they were staged.
std::optional<Staged> staged_plan(const Work& work, data::Target& target);

}  // namespace orch::replication
