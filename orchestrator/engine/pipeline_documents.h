// Pipelines' documents, parsed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/pipelines.h"

namespace orch::engine {

/// A cache by revision, which never changes; of each pipeline the latest one that was asked for.
class PipelineDocuments {
 public:
  /// Throws InvalidDocument ORCH-0801: this version of orch does not know what another one
  /// deployed.
  std::shared_ptr<const pipeline::Pipeline> get(const store::PipelineRow& row) {
    auto& known = by_name_[row.name];
    if (!known.document || known.revision != row.revision.id)
      known = {row.revision.id, std::make_shared<const pipeline::Pipeline>(pipeline::parse(
                                    row.revision.document, "pipeline " + row.name))};
    return known.document;
  }

 private:
  struct Known {
    std::int64_t revision = 0;
    std::shared_ptr<const pipeline::Pipeline> document;
  };
  std::map<std::string, Known> by_name_;
};

}  // namespace orch::engine
