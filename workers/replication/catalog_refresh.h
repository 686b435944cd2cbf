// How a catalog and its sources have come apart.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"

namespace orch::replication {

/// One table that is not as the catalog, or its last load, has it.
struct CatalogChange {
  enum class Kind : std::uint8_t { added, gone, changed } kind{};
  std::string key;
  std::string detail;            ///< for people: the differences, a sentence each
  boost::json::object entry;     ///< added: what the catalog would say, beside its defaults
  std::size_t element = 0;       ///< gone, changed: its number in "tables"
  std::string accepted_schema;   ///< changed: what accepts the columns
  std::vector<std::string> sql;  ///< changed: what the target's table needs first
};

const char* name_of(CatalogChange::Kind kind);  ///< "new", "gone", "changed"

/// Tables of the sources that no entry reads (of the catalog's "discover", else of the schemas that
/// entries read), entries whose table is gone, and such whose columns or key differ from those of
/// the last load and are not accepted. Reads both sides, changes nothing. Throws TaskFailed as
/// Connections and data::Source do, Error as catalog::discover() does.
std::vector<CatalogChange> catalog_changes(const catalog::Catalog& catalog,
                                           const connectors::Connections& connections);

}  // namespace orch::replication
