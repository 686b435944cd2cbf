// Rows of state machines, versions, aliases, activities and tags as what they stand for.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {

/// What read_revision() reads, in its order.
constexpr const char* revision_columns =
    "revision.id, revision.uuid, revision.definition_hash, revision.role, revision.configuration, "
    "revision.created_ms, revision.machine, revision.checksum";

/// All throw DamagedRow when a row has a checksum, and not its own.
Revision read_revision(const sqlite::Statement& row, int column);
/// Reads id, name, type, created_ms, checksum, and the revision.
MachineRow read_machine(const sqlite::Statement& row);
/// Reads number, description, created_ms, checksum, machine, and the revision.
VersionRow read_version(const sqlite::Statement& row);
/// Reads name, description, routing, created_ms, updated_ms, machine, checksum.
AliasRow read_alias(const sqlite::Statement& row);
/// Reads name, configuration, created_ms, checksum.
ActivityRow read_activity(const sqlite::Statement& row);
/// Reads key, value, resource, checksum.
std::pair<std::string, std::string> read_tag(const sqlite::Statement& row);

/// JSON: [[version, weight], …].
std::string routing_text(const std::vector<Route>& routing);

std::int64_t checksum_of(const MachineRow& machine, std::int64_t revision);
std::int64_t checksum_of(std::int64_t machine, const Revision& revision);
std::int64_t checksum_of(std::int64_t machine, const VersionRow& version);
std::int64_t checksum_of(std::int64_t machine, const AliasRow& alias);
std::int64_t checksum_of(const ActivityRow& activity);

}  // namespace orch::store
