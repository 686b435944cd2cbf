// What became of the files of a table whose files are each loaded once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "workers/catalog/entry.h"
#include "workers/connectors/connections.h"
#include "workers/data/source.h"
#include "workers/data/target.h"

namespace orch::replication {

enum class FileState : std::uint8_t {
  loaded,   ///< it is there as it was loaded
  gone,     ///< it was loaded, and is not there: archived, or taken away
  changed,  ///< it was loaded, and another size or time of writing is there now
  left,     ///< the last load left it, with a reason
  waiting,  ///< it is not complete yet
  late,     ///< new, and its name comes before that of a loaded file
  fresh,    ///< new
};

/// "loaded", "gone", "changed", "left", "waiting", "late", "new".
const char* state_name(FileState state);

struct LandedFile {
  std::string key;  ///< of the entry
  std::string name;
  FileState state = FileState::fresh;
  std::string reason;                      ///< of `changed`, `left` and `waiting`
  std::optional<data::File> there;         ///< as the source has it
  std::optional<data::LoadedFile> loaded;  ///< the newest version in the ledger
};

/// The files of the entries whose files are each loaded once: those of the source and those of the
/// target's ledger, entry by entry in the order of their names. No file is read, so that what a
/// load would refuse of new ones is not known. Throws TaskFailed as the ends do.
std::vector<LandedFile> landed_files(const std::vector<catalog::Entry>& entries,
                                     const connectors::Connections& connections);

/// The same of one entry, with its ends open.
std::vector<LandedFile> landed_files(const catalog::Entry& entry, data::Source& source,
                                     data::Target& target);

/// {"table", "file", "state", "reason"?, "bytes", "modified", "rows"?, "set_aside"?, "sha256"?,
/// "load"?}
boost::json::object document_of(const LandedFile& file);

}  // namespace orch::replication
