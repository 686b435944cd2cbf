// Files that are each loaded once: which of them a load takes, and what becomes of them.
//
// The ledger is in the target, written in the transaction that publishes: a process that dies
// before it leaves files that are new, one that dies after it leaves files that are known. Nothing
// else decides whether a file is loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/data/files.h"
#include "workers/replication/steps.h"

namespace orch::replication {

struct FileChoice {
  std::vector<data::ChosenFile> chosen;
  data::FileLoad load;
  /// For results and evidence: {"loaded", "known", "set_aside", "waiting"?, "left"?, "late"?,
  /// "replaced"?}; numbers, and lists of {"file", "reason"?} of which the first 20 are named.
  boost::json::object told;
};

/// Looks at the files of the entry's table and reads those that are new. `last` is the newest
/// published load, read before the ledger. Loaded files that are still there go to the archive.
/// Throws TaskFailed "Source.Malformed" when a file cannot be loaded and the entry does not leave
/// such files, or when no other is new; "Source.TableMissing" when there is nothing to load and the
/// table was never loaded, or is replaced; and as data::FileSource does.
FileChoice choose_files(const Work& work, data::Source& source, data::Target& target,
                        const std::optional<data::PublishedRecord>& last);

/// Moves files that the ledger knows into the archive, where the entry has one.
void archive_files(const Work& work, data::Source& source, data::Target& target);

/// True when the ledger's file is the one that is there, as far as can be told without reading it.
bool is_same(const data::LoadedFile& loaded, const data::File& file);

/// The relation of the files that are complete; unset when there are none. Relations of other
/// sources are as they are.
std::optional<data::Relation> complete_relation(data::Source& source,
                                                const data::Relation& relation);

}  // namespace orch::replication
