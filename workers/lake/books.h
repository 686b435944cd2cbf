// The load, fence and evidence of one table of a zone: in files, and in tables of a session.
#pragma once

#include <vector>

#include "workers/delta/schema.h"
#include "workers/lake/zone.h"
#include "workers/publishing/session.h"

namespace orch::lake {

/// The files of the load that waits to be published.
struct StagedFiles {
  std::vector<delta::Field> fields;
  std::vector<delta::AddedFile> files;
};

/// Reads the state, the newest evidence and the ledger of files of `table` into the session's
/// tables orch.load, orch.fence, orch.evidence and orch.file, which hold those of one table at a
/// time.
StagedFiles read_books(publishing::Session& session, const Zone& zone, const std::string& table,
                       std::int64_t version);
/// Writes load and fence, as the session's tables have them, durably. Throws std::system_error.
void write_state(publishing::Session& session, const Zone& zone, const std::string& table,
                 const StagedFiles& staged);
/// The files that `load` brought, as its evidence keeps them; empty: it is none of files.
boost::json::object files_brought(publishing::Session& session, const std::string& load);
/// Writes the ledger as the session's table has it, durably; the log says it until then. `version`:
/// of the table, with the load that changed the ledger. Throws std::system_error.
void write_ledger(publishing::Session& session, const Zone& zone, const std::string& table,
                  std::int64_t version);
/// The evidence of `load`, as the log keeps it; empty: the session's tables have none.
boost::json::object evidence_of(publishing::Session& session, const std::string& load);

}  // namespace orch::lake
