// What publishing must know of a table, asked of the server.
#pragma once

#include <string>

#include "orchestrator/db/pg.h"
#include "workers/postgres/describe.h"
#include "workers/publishing/table_facts.h"

namespace orch::postgres {

/// As data::LoadPlan::target_state.
std::string state_of(const Described& table);

/// What the rows of a table of that kind are selected from; `name` as SQL.
std::string rows_sql(const std::string& name, char relkind);

publishing::TableFacts table_facts(pg::Connection& connection, Described table);

/// Sets the sequences of identity and serial columns beyond the values that are there; they never
/// go back.
void advance_sequences(pg::Connection& connection, const publishing::TableFacts& table);

}  // namespace orch::postgres
