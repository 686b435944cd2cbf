// What a discovery finds of a table of CSV files.
#pragma once

#include "workers/csv/table.h"
#include "workers/data/files.h"

namespace orch::csv {

/// The dialect of the first file, and the types of all columns, from all rows of all files. Throws
/// as a read of the table with this dialect does.
data::FileFindings inspect(const files::Store& store, const data::Relation& relation,
                           const Options& connection);

}  // namespace orch::csv
