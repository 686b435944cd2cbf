#include "workers/catalog/target_schemas.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::catalog {

TargetSchemas::TargetSchemas(const std::vector<std::string>& mappings,
                             const std::vector<std::string>& schemas, const data::Naming& naming)
    : target_has_schemas_(!naming.default_schema.empty()) {
  if (!mappings.empty() && !target_has_schemas_)
    throw Error("ORCH-0001", "--target-schema: the target has no schemas",
                "leave it out: tables of one name become schema_table there");
  for (const auto& mapping : mappings) {
    const auto equals = mapping.find('=');
    if (equals == std::string::npos) {
      if (!all_.empty())
        throw Error("ORCH-0001",
                    fmt::format("--target-schema names two schemas for all tables, {} and {}", all_,
                                mapping),
                    "one name, or FROM=TO for each schema");
      all_ = mapping;
      continue;
    }
    const auto from = mapping.substr(0, equals);
    if (std::find(schemas.begin(), schemas.end(), from) == schemas.end())
      throw Error("ORCH-0313", fmt::format("--target-schema: no schema \"{}\" in the source{}",
                                           from, did_you_mean(from, schemas)));
    mapped_[from] = mapping.substr(equals + 1);
  }
}

std::string TargetSchemas::of(const std::string& schema) const {
  if (!target_has_schemas_) return {};
  if (const auto found = mapped_.find(schema); found != mapped_.end()) return found->second;
  return all_.empty() ? schema : all_;
}

}  // namespace orch::catalog
