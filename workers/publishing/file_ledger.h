// The ledger of files: which versions of which files the published loads of a table brought.
#pragma once

#include <vector>

#include "workers/data/files.h"
#include "workers/publishing/session.h"

namespace orch::publishing {

/// Of each file the version that was loaded last, in the order of names.
std::vector<data::LoadedFile> read_files(Session& session, const data::TableName& table);

/// Throws TaskFailed "Merge.Conflict" when another load was published after the files of `staged`
/// were chosen: it may have brought the same.
void check_files(Session& session, const data::TableName& table, const data::LoadRecord& staged);

/// Notes the files of a load in the transaction that publishes it; nothing for other loads.
void write_files(Session& session, const data::TableName& table, const data::LoadRecord& record);

}  // namespace orch::publishing
