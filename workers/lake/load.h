// Staging into a zone: rows become files that no log names yet.
#pragma once

#include <memory>

#include "workers/data/target.h"
#include "workers/lake/zone.h"

namespace orch::lake {

/// A load of PlanRequest::parts parts, each of which writes files of its own. It takes the table's
/// lock with the first rows, or at the commit when there are none, and holds it until it has ended.
std::unique_ptr<data::Load> begin_staging(const Zone& zone, const data::LoadPlan& plan,
                                          const data::LoadId& load);

}  // namespace orch::lake
