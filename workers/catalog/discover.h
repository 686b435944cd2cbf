// A first catalog, from what a database says about itself.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/catalog/catalog.h"
#include "workers/catalog/discover_options.h"
#include "workers/connectors/connections.h"
#include "workers/data/source.h"

namespace orch::catalog {

/// A relation of the source that is not in the catalog, and why.
struct LeftOut {
  data::Listed relation;
  std::string reason;
};

struct Discovery {
  boost::json::object catalog;          ///< to be written to a file
  std::vector<LeftOut> left_out;        ///< that the options did not rule out by name
  std::vector<std::string> notes = {};  ///< what is pinned of files, and what it rests on
};

/// A catalog of the source's tables: columns stay implicit, schemas are kept (where the target has
/// none, tables of one name become schema_table), and each table gets checks that refuse an emptied
/// source. Throws TaskFailed as Connections and data::Source do; Error ORCH-0313 for a schema that
/// does not exist, ORCH-0312 for a table pattern that chooses nothing, ORCH-0314 when nothing is
/// left, ORCH-0316 when two tables would become one.
Discovery discover(const connectors::Connections& connections, const DiscoverOptions& options);

/// The tables of `from` that `options` choose. Throws as discover() does.
std::vector<data::Listed> choose_relations(data::Source& from, const DiscoverOptions& options,
                                           std::vector<LeftOut>& left_out);

/// The keys of the entries whose source `options` choose by schema and table; a table may be named
/// by its key, too. Throws Error ORCH-0312 for a pattern that chooses none.
std::vector<std::string> keys_of(const Catalog& catalog, const DiscoverOptions& options);

/// Throws Error ORCH-0314, which says what was found and left out.
[[noreturn]] void refuse_nothing(data::Source& from, const DiscoverOptions& options,
                                 const std::vector<LeftOut>& left_out);

}  // namespace orch::catalog
