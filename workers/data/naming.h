// How a database keeps the names of its tables.
#pragma once

#include <cstddef>
#include <string>

#include "workers/data/table.h"

namespace orch::data {

/// The rules by which two spellings are one table.
struct Naming {
  std::size_t longest = 0;          ///< bytes of one name; 0: unbounded
  bool ignores_ascii_case = false;  ///< "Note" and "note" are one table
  std::string default_schema;       ///< of a target without a schema; empty: there are no schemas

  /// The same text for two names exactly when the database takes them for one table. Names that
  /// are too long are cut, as a server would.
  std::string identity(const TableName& table) const;
  /// Whether the database would cut the schema or the name.
  bool too_long(const TableName& table) const;
};

/// `name` if it has at most `longest` bytes (0: unbounded); else its beginning, cut between
/// characters, with a hash of the whole after it.
std::string shortened(const std::string& name, std::size_t longest);

/// A name between double quotes, as standard SQL has it.
std::string quoted(std::string_view name);

}  // namespace orch::data
