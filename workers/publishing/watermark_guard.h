// Appends and the state that their rows were selected for.
#pragma once

#include "workers/publishing/session.h"

namespace orch::publishing {

/// Throws TaskFailed "Merge.Conflict" when the rows of `staged` were selected above another
/// watermark than the one that the newest published load of the table reached: between selecting
/// and publishing, another load was published, and both may hold the same rows. Loads whose
/// evidence says no watermark, and tables without evidence, are judged by the table itself.
void check_watermark(Session& session, const data::LoadPlan& plan, const data::LoadRecord& staged);

}  // namespace orch::publishing
