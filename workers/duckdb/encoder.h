// Spells source values as DuckDB will keep them, or refuses them.
#pragma once

#include <memory>

#include "workers/data/target.h"

namespace orch::duckdb {

/// What the files can hold beside what DuckDB's types say.
struct EncoderLimits {
  bool infinite_times = true;
};

/// An encoder in the row encoding of cells.h. Throws TaskFailed "Type.ValueRefused" (ORCH-0436).
std::unique_ptr<data::RowEncoder> make_encoder(const data::LoadPlan& plan, EncoderLimits limits);

}  // namespace orch::duckdb
