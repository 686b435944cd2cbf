// Tables of a catalog, chosen on the command line, and the connections they name.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/cli/command.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"

namespace orch::cli {

struct CatalogChoice {
  std::string file = "catalog.json";
  std::vector<std::string> only;
  std::vector<std::string> tags;
};

/// CATALOG, --only, --tags.
void add_catalog_choice(Arguments& app, CatalogChoice& choice);
/// The entries that are chosen. Throws as catalog::choose().
std::vector<catalog::Entry> chosen(const catalog::Catalog& catalog, const CatalogChoice& choice);

/// Those of --connections, which the command has to take. Throws Error ORCH-0302 when there is no
/// such file.
connectors::Connections load_connections(const Context& context);

}  // namespace orch::cli
