// The catalog: which tables there are, and what to do with each.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/base/error.h"
#include "workers/catalog/discover_options.h"
#include "workers/catalog/entry.h"
#include "workers/connectors/connections.h"

namespace orch::catalog {

struct Catalog {
  std::string name;  ///< of the file, for people
  /// Tells this catalog from others, also after it was moved or edited: its "id", else the file, or
  /// the place in a database; "input" for one that stands in a run's input.
  std::string identity = "input";
  Defaults defaults;
  std::vector<Entry> entries;
  std::optional<DiscoverOptions> discover;  ///< how its tables were found, and new ones are
};

/// Reads and checks a catalog; `text` may be empty when it is not at hand (problems then have no
/// line). Throws InvalidDocument (ORCH-0310) with every problem.
Catalog parse_catalog(const boost::json::value& document, const std::string& name,
                      std::string_view text = {});

/// Throws Error ORCH-0002 when `file` cannot be read, InvalidDocument (ORCH-0310). A copy of
/// another file is that one's catalog: `of` names it, for people and by its identity.
Catalog load_catalog(const std::filesystem::path& file, const std::filesystem::path& of = {});

/// Reads a catalog that is kept in a table (or a query's result), a row an entry: either one column
/// "entry" with each entry as JSON, or columns named as an entry's members (key, source_connection,
/// source_schema, source_table, source_query, target_connection, target_schema, target_table,
/// strategy, key_columns, columns, exclude, where, watermark_column,
/// watermark_nulls, watermark_overlap, parts, checks, reconcile,
/// tags, accepted_schema), where NULL is absent, lists are JSON or separated by commas, and columns
/// and checks are JSON. Throws TaskFailed as Connections::open_source() and data::Source do,
/// InvalidDocument (ORCH-0310).
Catalog load_catalog_table(const connectors::Connections& connections,
                           const std::string& connection, const data::Relation& from);

/// Which entries of a catalog are meant.
struct Choice {
  using List = std::optional<std::vector<std::string>>;
  List only;                 ///< keys, or globs with * and ?; unset: all; none: no table
  List tags;                 ///< entries with one of them; unset: all; none: no table
  bool allow_empty = false;  ///< choosing nothing is meant
};

/// What a command line means by its lists: one without elements was not given.
Choice choice_of(std::vector<std::string> only, std::vector<std::string> tags);

/// The entries that are chosen. Throws Error ORCH-0312 for an element of `only` that matches no
/// key, ORCH-0315 for a tag that no entry has, ORCH-0314 when none is chosen.
std::vector<Entry> choose(const Catalog& catalog, const Choice& choice);

/// What is wrong with the targets' names, of all entries: two that the database keeps as one table,
/// and names that it would cut. Pointers are keys. Entries of unknown connections are left out.
std::vector<Problem> target_name_problems(const Catalog& catalog,
                                          const connectors::Connections& connections);

/// Names of the connections the entries need, in the order of first use.
std::vector<std::string> connections_of(const std::vector<Entry>& entries);

}  // namespace orch::catalog
