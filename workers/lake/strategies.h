// How staged files become a table's: by the log, and by new files where rows of old ones change.
#pragma once

#include <memory>

#include "workers/publishing/strategy.h"

namespace orch::lake {

class LakeSession;

std::unique_ptr<publishing::RowStrategy> make_strategy(LakeSession& session,
                                                       data::Strategy strategy);

}  // namespace orch::lake
