// The plan of the load that is staged: the one that the load was staged by.
#pragma once

#include "workers/data/target.h"
#include "workers/replication/steps.h"

namespace orch::replication {

/// A staged load with the plan it was made by.
struct Staged {
  data::LoadRecord record;
  data::LoadPlan plan;
};

/// What is staged for the entry's target; unset when nothing is. A plan of another version of the
/// program is made anew from what was asked: throws TaskFailed "Schema.Changed" (ORCH-0509) when
/// the target would now take the columns in another way than they were staged.
std::optional<Staged> staged_plan(const Work& work, data::Target& target);

}  // namespace orch::replication
