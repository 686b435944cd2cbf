// Enums, domains and composite types that users made: read from a source, made in a target.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/table.h"

namespace orch::postgres {

/// SQL of a type's name as Column::native has it, for a row `a` with `typid` and `typmod`: built-in
/// types as format_type() spells them, others with their schema, so that the name means the same
/// in another database.
extern const char* const type_spelling;

/// The types behind the columns `table.columns` of types `oids`, each after those it is made of.
/// Types of extensions and types that only C code can make (base types, ranges) are left out.
std::vector<data::UserType> user_types(pg::Connection& connection, const data::Table& table,
                                       const std::vector<std::string>& oids);

/// What a type of `name` is made of in this database, as UserType::shape; empty: there is none.
std::string shape_of(pg::Connection& connection, const std::string& name);

/// Creates those that do not exist yet, with their schemas, in a transaction of its own: tables
/// that are loaded at the same time may need the same ones.
void create_types(pg::Connection& connection, const std::vector<data::UserType>& types);

}  // namespace orch::postgres
