// Enums and composite types that users made: read from a source, made in a target from their parts.
//
// A domain counts as the type that it is based on, in a source and in a target: its default and its
// checks are code of its owner, which is not carried into another database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/table.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {

/// SQL of a type's name as Column::native has it, for a row `a` with `typid` and `typmod`: built-in
/// types as format_type() spells them, others with their schema, so that the name means the same
/// in another database.
std::string type_spelling();

/// SQL that is true for an array whose elements are of a domain. Its binary form names that domain,
/// so that no other array takes it.
std::string is_domain_array();

/// The types behind the columns `table.columns` of types `oids`, each after those it is made of.
/// Types of extensions and types that only C code can make (base types, ranges) are left out.
std::vector<data::UserType> user_types(pg::Connection& connection, const data::Table& table,
                                       const std::vector<std::string>& oids);

/// What a database has under a type's name.
struct FoundType {
  bool exists = false;
  std::optional<data::UserType> type;  ///< an enum or a composite type
};
FoundType find_type(pg::Connection& connection, const TypeName& name);

/// The schema in which an extension has installed a type of this name, if one has.
std::optional<std::string> extension_schema(pg::Connection& connection, const std::string& name);

/// The parts in words, for messages: `enum ('sad', 'ok')`, `(a integer, b text)`.
std::string shown(const data::UserType& type);

/// Creates those that do not exist yet, with their schemas, in a transaction of its own: tables
/// that are loaded at the same time may need the same ones.
void create_types(pg::Connection& connection, const std::vector<data::UserType>& types);

}  // namespace orch::postgres
