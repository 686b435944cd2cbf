// JSON Lines files as a source: a connection is a folder, a table is a file in it, a row is an
// object on a line of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "workers/data/connector.h"
#include "workers/files/store.h"

namespace orch::jsonl {

/// Opens the folder. A table is `name`, `name.jsonl` or `name.ndjson`, packed with gzip (.gz) or
/// zstd (.zst) or not, a pattern (`events_*.jsonl`, `raw/source=*/**`) or a folder of files that
/// are one table; never a path out of the folder. Folders `day=2026-11-30` between the table's own
/// folder and its files are columns, after the others. Columns are the members of all objects, in
/// the order in which they first come; a member that an object does not have is NULL, as null is.
/// Their kinds are found by reading all rows once: boolean; int64, float64, or numeric where a
/// double would lose digits; text; json for objects and arrays. `display` names the connection in
/// messages. Throws TaskFailed "Connection.Down" when the folder is not there.
std::unique_ptr<data::Source> open_source(const std::filesystem::path& folder, std::string display);
/// The same for a store, of which nothing is asked yet.
std::unique_ptr<data::Source> open_source(files::StorePointer store, std::string display);

/// "jsonl:FOLDER".
const data::Connector& connector();

}  // namespace orch::jsonl
