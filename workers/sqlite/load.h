// The truncate-and-load of a staging table.
#pragma once

#include <memory>

#include "workers/data/target.h"
#include "workers/sqlite/write_transaction.h"

namespace orch::sqlite {

/// A load of one part. Its write transaction begins with the first rows, or at the commit when
/// there are none: while the source is still slow to start, others may write. Until the commit the
/// database is as it was. `strict`: the target's table is STRICT.
std::unique_ptr<data::Load> begin_staging(const TargetFile& file, const data::LoadPlan& plan,
                                          const data::LoadId& load, bool strict);

}  // namespace orch::sqlite
