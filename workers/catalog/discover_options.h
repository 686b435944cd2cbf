// What a discovery is asked for.
#pragma once

#include <string>
#include <vector>

#include "workers/data/table.h"

namespace orch::catalog {

/// Which tables of a source a discovery takes, and where they go. Patterns know * and ?.
struct DiscoverOptions {
  std::string source;                    ///< connection
  std::string target;                    ///< connection
  std::vector<std::string> schemas;      ///< names or patterns; empty: all of the user's
  std::vector<std::string> tables;       ///< "table", "schema.table" or patterns; empty: all
  std::vector<std::string> to_schema;    ///< "NAME", or "FROM=TO" for each schema that changes
  bool views = false;                    ///< views and materialized views too
  bool allow_empty = false;              ///< a catalog of no table is meant
  bool pin_files = false;                ///< read files whole, and pin their dialect and types
  std::vector<std::string> ignore = {};  ///< "table", "schema.table" or patterns
  std::string id = {};                   ///< of the catalog, by which it is told from others

  // Of a catalog that there is already: what is not taken again, and names that are in use.
  std::vector<data::TableName> known = {};
  std::vector<std::string> taken_keys = {};
  std::vector<data::TableName> taken_targets = {};
};

}  // namespace orch::catalog
