#include "orchestrator/cli/catalog_choice.h"

#include "orchestrator/base/error.h"
#include "orchestrator/cli/options.h"

namespace orch::cli {

void add_catalog_choice(Arguments& app, CatalogChoice& choice) {
  app.add_option("catalog", choice.file, "default: catalog.json")->type_name("FILE");
  app.add_option("--only", choice.only, "metadata keys, or patterns with * and ?")
      ->type_name("KEY,…")
      ->delimiter(',');
  app.add_option("--tags", choice.tags, "tables with one of these tags")
      ->type_name("TAG,…")
      ->delimiter(',');
}

std::vector<catalog::Entry> chosen(const catalog::Catalog& catalog, const CatalogChoice& choice) {
  return catalog::choose(catalog, catalog::choice_of(choice.only, choice.tags));
}

connectors::Connections load_connections(const Context& context) {
  const auto file = connections_file(context.settings);
  if (file.empty())
    throw Error("ORCH-0302", "no connections file",
                "--connections FILE or ORCH_CONNECTIONS names it; the default is connections.json");
  return connectors::Connections::load(file);
}

}  // namespace orch::cli
