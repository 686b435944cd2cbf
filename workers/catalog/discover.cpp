// A first catalog, from what a database says about itself.
#include <algorithm>

#include "workers/catalog/catalog.h"

namespace orch::catalog {
namespace {

constexpr std::int64_t rows_a_part = 2'000'000;
constexpr std::int64_t most_parts = 8;

/// Parts that are worth their connections; other sources than PostgreSQL cannot split.
std::int64_t parts_for(const std::string& engine, const data::Table& table) {
  if (engine != "postgresql") return 1;
  return std::clamp<std::int64_t>(table.estimated_rows.value_or(0) / rows_a_part, 1, most_parts);
}

}  // namespace

boost::json::object discover(const connections::Connections& connections, const std::string& source,
                             const std::string& schema, const std::string& target) {
  boost::json::object from{{"connection", source}};
  if (!schema.empty()) from["schema"] = schema;
  boost::json::array tables;
  const auto open = connections.open_source(source);
  for (const auto& table : open->list(schema)) {
    boost::json::object entry{{"source", {{"table", table.name.name}}}};
    const auto parts = parts_for(open->engine(), table);
    if (parts > 1) entry["parts"] = parts;
    tables.push_back(std::move(entry));
  }
  return {{"version", 1},
          {"defaults", {{"source", std::move(from)}, {"target", {{"connection", target}}}}},
          {"tables", std::move(tables)}};
}

}  // namespace orch::catalog
