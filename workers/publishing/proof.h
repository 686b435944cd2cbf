// The proof of a publish: what the table holds now is what was read.
#pragma once

#include "workers/publishing/row_merge.h"

namespace orch::publishing {

/// Reads back, inside the transaction that publishes, the rows of the load (for replace all rows of
/// the table) and compares them with `read`, the digest that was taken while they were read. Throws
/// TaskFailed "Merge.Different" (ORCH-0511), naming what may have changed rows, when they differ.
data::PublishedProof prove(RowMerge& merge, const Changes& changes, const data::Digest& read);

}  // namespace orch::publishing
