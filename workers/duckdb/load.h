// The truncate-and-load of a staging table in a DuckDB file.
#pragma once

#include <memory>

#include "workers/duckdb/target_session.h"

namespace orch::duckdb {

/// A load of one part. Its transaction begins with the first rows, or at the commit when there are
/// none: while the source is still slow to start, others may write. Until the commit the file is
/// as it was.
std::unique_ptr<data::Load> begin_staging(const TargetFile& file, const data::LoadPlan& plan,
                                          const data::LoadId& load);

}  // namespace orch::duckdb
