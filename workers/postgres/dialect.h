// PostgreSQL's SQL, as publishing asks for it.
#pragma once

#include "workers/publishing/dialect.h"

namespace orch::postgres {

const publishing::Dialect& dialect();

/// The hash by which staging tables of a target are found: "<hash of the load>.<this>.…".
std::string staging_mark(const data::TableName& target);
/// Where several loads of a target leave their rows.
inline constexpr const char* staging_schema = "orch_stage";

}  // namespace orch::postgres
