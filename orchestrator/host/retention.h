// Which runs are kept no longer, and their removal.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/pipeline/retention.h"
#include "orchestrator/store/housekeeping.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// What applies where a pipeline says nothing of its own.
struct RetentionDefaults {
  pipeline::Retention keep;
  /// Folder that removed runs are written to before; empty: they are not.
  std::filesystem::path export_folder;
};

/// A run that is kept no longer.
struct Expired {
  store::EndedRun run;
  std::string why;
};

/// The limits of each pipeline, by its name, as its present revision has them. A document that
/// cannot be read keeps all runs of its pipeline.
std::map<std::string, pipeline::Retention> retention_of_pipelines(
    store::Store& store, const pipeline::Retention& defaults);

/// What is kept and what is not, at `now`.
struct RetentionPlan {
  std::vector<Expired> expired;  ///< oldest first
  /// Runs that are kept, by the name of their pipeline or workflow.
  std::map<std::string, std::int64_t> kept;
};
RetentionPlan plan_retention(store::Store& store, store::Housekeeping& keeping,
                             const pipeline::Retention& defaults, Instant now);

/// Exports the run, when asked to, and then removes it with all that belongs to it. False: it
/// stays. Throws Error ORCH-0002 when the export cannot be written; the run is then kept.
bool remove_run(store::Store& store, store::Housekeeping& keeping, const Expired& expired,
                const std::filesystem::path& export_folder);

/// Removes what removed runs have left: fires, as long as the rules keep failed runs for those
/// without a run; outages that are as old; definitions that nothing refers to. Calls `rest` after
/// each step, and ends when it returns false; returns false then.
bool remove_leftovers(store::Store& store, store::Housekeeping& keeping,
                      const pipeline::Retention& defaults, Instant now,
                      const std::function<bool()>& rest);

}  // namespace orch::host
