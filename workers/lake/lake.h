// Folders of Parquet: files as a source, Delta tables as a target.
#pragma once

#include <memory>

#include "workers/data/connector.h"
#include "workers/lake/zone.h"

namespace orch::lake {

/// Opens a zone to write to; its folder is made with the first load when the folder above exists.
/// Throws TaskFailed "Connection.Down", "Connection.LibraryMissing".
std::unique_ptr<data::Target> open_target(Zone zone);

/// "parquet:FOLDER".
const data::Connector& connector();

}  // namespace orch::lake
