// A first catalog, from what a database says about itself.
#include "workers/catalog/catalog.h"

namespace orch::catalog {

boost::json::object discover(const connections::Connections& connections, const std::string& source,
                             const std::string& schema, const std::string& target) {
  boost::json::object from{{"connection", source}};
  if (!schema.empty()) from["schema"] = schema;
  boost::json::array tables;
  for (const auto& table : connections.open_source(source)->list(schema)) {
    tables.push_back(boost::json::object{{"source", {{"table", table.name.name}}}});
  }
  return {{"version", 1},
          {"defaults", {{"source", std::move(from)}, {"target", {{"connection", target}}}}},
          {"tables", std::move(tables)}};
}

}  // namespace orch::catalog
