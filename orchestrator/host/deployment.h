// What a deploy changes in a store, and the changing of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/projects.h"
#include "orchestrator/store/store.h"

namespace orch::host {

struct WantedPipeline {
  std::string name;
  std::string document;    ///< JSON text, as json::write() writes it
  std::string definition;  ///< text of its workflow
};

/// A project as its files say it.
struct WantedProject {
  store::ProjectVersion version;
  std::vector<WantedPipeline> pipelines;  ///< by name
};

enum class Change : std::uint8_t { made, changed, removed };

struct PipelineChange {
  Change change = Change::made;
  std::string name;
  std::optional<store::PipelineRow> before;
  const WantedPipeline* after = nullptr;  ///< null when it is removed
  std::string reason = {};  ///< why it is changed though its files are not; may be empty
};

struct DeployPlan {
  std::vector<PipelineChange> changes;  ///< by name
  std::int64_t unchanged = 0;
  std::optional<store::ProjectRow> before;
  /// Names what the plan was made from: the same store gives the same text until it is changed.
  std::string basis;
};

/// Throws Error ORCH-0814 when another project or client has the name of a pipeline, ORCH-0815 when
/// the project was deployed for another environment. `wanted` must outlive the plan.
DeployPlan plan_deploy(store::Store& store, const std::string& store_url,
                       const WantedProject& wanted);

/// Carries the plan out, inside Machines::transact(): pipelines, their revisions, and the state
/// machines, versions and aliases that they are for clients of the Step Functions API.
void carry_out(store::Store& store, const std::string& store_url, const WantedProject& wanted,
               const DeployPlan& plan);

/// Makes the revision `number` of the pipeline the present one, inside Machines::transact(); unset:
/// the one before. Returns the number of the revision that is present then: another one with the
/// same content where the state machine's version is gone. Throws Error ORCH-0802, ORCH-0816.
std::int64_t roll_back(store::Store& store, const std::string& pipeline,
                       std::optional<std::int64_t> number, const std::string& by);

}  // namespace orch::host
