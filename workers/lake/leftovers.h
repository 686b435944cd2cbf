// Files of a table that nobody needs any longer.
#pragma once

#include <string>
#include <vector>

#include "workers/delta/log.h"
#include "workers/lake/zone.h"

namespace orch::lake {

/// Removes what writers that were killed have left, and files that were removed from the table
/// longer ago than the retention. Kept are the files of the newest version and of `staged`, and
/// those of other programs that no log has named yet. The caller holds the table's lock.
void remove_leftovers(const Zone& zone, const std::string& table, const delta::Snapshot& snapshot,
                      const std::vector<delta::AddedFile>& staged);

}  // namespace orch::lake
