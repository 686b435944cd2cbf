// Truncate-and-load of a staging table.
#pragma once

#include <memory>
#include <string>

#include "workers/data/target.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// Starts the load. One part: fence, staging table, COPY … FREEZE and load row are one transaction.
/// Several parts: the empty staging table is committed first, each part is a transaction of its
/// own, the load row comes last; without it nothing that was staged counts. The fence row is locked
/// while one transaction loads: other work on the same table waits for its end.
std::unique_ptr<data::Load> begin_staging(const Settings& settings, const data::LoadPlan& plan,
                                          const data::LoadId& load);

}  // namespace orch::postgres
