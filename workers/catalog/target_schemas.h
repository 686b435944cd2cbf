// Where the tables of a source's schemas land. Internal to the module.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workers/data/naming.h"

namespace orch::catalog {

/// The schemas of the target by those of the source.
class TargetSchemas {
 public:
  /// `mappings` are "NAME", for all, or "FROM=TO"; other schemas keep their names. Throws Error
  /// ORCH-0313 for a FROM that is not in `schemas`, ORCH-0001 where the target has no schemas.
  TargetSchemas(const std::vector<std::string>& mappings, const std::vector<std::string>& schemas,
                const data::Naming& naming);

  /// Empty where the target has no schemas, and for a source without any that is not mapped.
  std::string of(const std::string& schema) const;

 private:
  bool target_has_schemas_;
  std::string all_;
  std::map<std::string, std::string> mapped_;
};

}  // namespace orch::catalog
