// From a catalog entry and what the source says to a request for a plan.
#pragma once

#include "workers/catalog/entry.h"
#include "workers/data/source.h"
#include "workers/data/target.h"

namespace orch::replication {

/// What to copy: the entry's columns, or all of the source's except the excluded ones and those the
/// target computes itself. Throws TaskFailed "Source.ColumnMissing" (ORCH-0445) with every name
/// that the source does not have.
data::PlanRequest make_request(const catalog::Entry& entry, data::Source& source,
                               data::Target& target);

/// The same from `table`, the source's own description of the entry's table or query.
data::PlanRequest make_request(const catalog::Entry& entry, const data::Table& table,
                               data::Source& source, data::Target& target);

/// The name in the target of source column `column`; empty when it is not copied.
std::string target_column(const data::PlanRequest& request, const std::string& column);

}  // namespace orch::replication
