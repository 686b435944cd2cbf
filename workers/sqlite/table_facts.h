// What publishing must know of a table.
#pragma once

#include "orchestrator/db/sqlite_db.h"
#include "workers/publishing/table_facts.h"
#include "workers/sqlite/describe.h"

namespace orch::sqlite {

/// As data::LoadPlan::target_state.
std::string state_of(const Described& table);

/// No foreign key of another table cascades: they are not enforced while orch writes.
publishing::TableFacts table_facts(Database& db, Described table);

}  // namespace orch::sqlite
