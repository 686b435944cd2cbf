// What a task or a run applies for: whose it is, how urgent, and which slots it needs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "orchestrator/engine/active.h"
#include "orchestrator/engine/limits.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/slots.h"
#include "orchestrator/pipeline/limits.h"

namespace orch::engine {

/// Knows the limits of pipelines, each as it was when the run began. On the engine's thread.
class Applicants {
 public:
  Applicants(const Runs& runs, const Limits& of_all) : runs_(runs), of_all_(of_all) {}

  /// The run that it is a part of, or itself: a part of a run is no run of its own.
  const Active& root_of(const Active& run) const;

  /// Whose it is, without needs.
  Applicant made_by(const Active& run, execution::EventId ticket);
  Applicant task(const Active& run, execution::Ticket ticket, const workers::Needs& needs);
  /// Of a run to begin; it needs nothing where runs are not limited.
  Applicant run(const Active& root);
  /// Whether tasks of the run are limited by its pipeline.
  bool limits_tasks(const Active& run);

 private:
  const pipeline::Limits& limits_of(const store::ExecutionRow& root);

  const Runs& runs_;
  const Limits& of_all_;
  /// By name and number of the revision.
  std::map<std::pair<std::string, std::int64_t>, pipeline::Limits> pipelines_;
};

}  // namespace orch::engine
