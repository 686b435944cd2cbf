// The catalog: which tables there are, and what to do with each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/base/error.h"
#include "workers/catalog/entry.h"
#include "workers/connections/connections.h"

namespace orch::catalog {

struct Catalog {
  std::string name;  ///< of the file, for people
  std::vector<Entry> entries;
};

/// Reads and checks a catalog; `text` may be empty when it is not at hand (problems then have no
/// line). Throws InvalidDocument (ORCH-0310) with every problem.
Catalog parse_catalog(const boost::json::value& document, const std::string& name,
                      std::string_view text = {});

/// Throws Error ORCH-0002 when `file` cannot be read, InvalidDocument (ORCH-0310).
Catalog load_catalog(const std::filesystem::path& file);

/// Reads a catalog that is kept in a table (or a query's result), a row an entry: either one column
/// "entry" with each entry as JSON, or columns named as an entry's members (key, source_connection,
/// source_schema, source_table, source_query, target_connection, target_schema, target_table,
/// strategy, key_columns, columns, exclude, where, watermark_column, parts, checks, reconcile,
/// tags, accepted_schema), where NULL is absent, lists are JSON or separated by commas, and columns
/// and checks are JSON. Throws TaskFailed as Connections::open_source() and data::Source do,
/// InvalidDocument (ORCH-0310).
Catalog load_catalog_table(const connections::Connections& connections,
                           const std::string& connection, const data::Relation& from);

/// The entries that `only` (keys, or globs with * and ?) and `tags` choose; empty lists choose all.
/// Throws Error ORCH-0312 for an element of `only` that chooses nothing.
std::vector<Entry> choose(const Catalog& catalog, const std::vector<std::string>& only,
                          const std::vector<std::string>& tags);

/// Names of the connections the entries need, in the order of first use.
std::vector<std::string> connections_of(const std::vector<Entry>& entries);

/// A catalog of all tables of `source`, as a document to be written to a file: keys and columns
/// stay implicit, so that the file says what a person decided.
boost::json::object discover(const connections::Connections& connections, const std::string& source,
                             const std::string& schema, const std::string& target);

}  // namespace orch::catalog
