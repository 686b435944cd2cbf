// When another run has the table: which one.
#pragma once

#include "workers/data/target.h"
#include "workers/replication/steps.h"

namespace orch::replication {

/// `failure`, and when it means that another delivery has taken the table over ("Fence.Stale",
/// "Load.Superseded", "Merge.NotVerified"), the run that did, from the target's bookkeeping: in the
/// message, and as "other_run" of the cause. Asks the target only then, and throws nothing.
workers::TaskFailed naming_other_run(const workers::TaskFailed& failure, const Work& work,
                                     data::Target& target);

}  // namespace orch::replication
