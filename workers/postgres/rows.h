// Reading rows by COPY.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"
#include "workers/data/row.h"
#include "workers/data/table.h"

namespace orch::postgres {

/// Calls `take` with every row of `select` in `format` (pg_binary: a tuple, pg_text: a line).
/// `stop` is asked now and then; true throws workers::Cancelled.
void copy_rows(pg::Connection& connection, const std::string& select, data::RowFormat format,
               const std::function<void(std::string_view)>& take,
               const std::function<bool()>& stop);

/// The digest of the rows of `select`.
data::Digest digest_of(pg::Connection& connection, const std::string& select,
                       data::RowFormat format, const std::function<bool()>& stop);

/// Turns a tuple into cells: integers, reals, blobs, and text for what was selected as text. The
/// cells point into `tuple`.
void decode(std::string_view tuple, const std::vector<data::Kind>& kinds,
            std::vector<data::Cell>& cells);

}  // namespace orch::postgres
