// Reading rows by COPY.
#pragma once

#include <functional>
#include <string>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"
#include "workers/data/row.h"

namespace orch::postgres {

/// Calls `take` with every row of `select` in `format` (pg_binary: a tuple, pg_text: a line).
/// `stop` is asked now and then; true throws workers::Cancelled.
void copy_rows(pg::Connection& connection, const std::string& select, data::RowFormat format,
               const std::function<void(std::string_view)>& take,
               const std::function<bool()>& stop);

/// The digest of the rows of `select`.
data::Digest digest_of(pg::Connection& connection, const std::string& select,
                       data::RowFormat format, const std::function<bool()>& stop);

}  // namespace orch::postgres
