// Cells of other engines as tuples of COPY … BINARY.
#pragma once

#include <memory>

#include "workers/data/target.h"

namespace orch::postgres {

/// Spells rows for the plan's columns; what a column cannot hold exactly is refused. Encoding in
/// the client halves the server's work against text.
std::unique_ptr<data::RowEncoder> make_encoder(const data::LoadPlan& plan);

}  // namespace orch::postgres
