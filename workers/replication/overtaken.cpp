#include "workers/replication/overtaken.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "workers/data/failure.h"

namespace orch::replication {
namespace {

struct OtherRun {
  std::string id;
  std::string name;  ///< may be empty
  std::string what;  ///< it has done
};

std::optional<OtherRun> other_run(const Work& work, data::Target& target) {
  const auto& own = work.task.run;
  if (const auto staged = target.staged(work.entry.target); staged && staged->load.run != own) {
    const bool elsewhere = staged->load.store != work.task.store;
    return OtherRun{
        staged->load.run, json::text_member(staged->position, "run_name"),
        elsewhere ? "has staged it since, from another run store" : "has staged it since"};
  }
  const auto published = target.last_published(work.entry.target);
  if (!published || published->run == own) return std::nullopt;
  return OtherRun{published->run, published->run_name,
                  "has published it at " + published->published_at};
}

}  // namespace

workers::TaskFailed naming_other_run(const workers::TaskFailed& failure, const Work& work,
                                     data::Target& target) {
  const auto& error = failure.error();
  if (error != "Fence.Stale" && error != "Load.Superseded" && error != "Merge.NotVerified")
    return failure;
  std::optional<OtherRun> other;
  try {
    other = other_run(work, target);
  } catch (const std::exception&) {
    // The connection may be what is broken. The failure itself counts.
  }
  if (!other) return failure;
  const auto named = other->name.empty() || other->name == other->id
                         ? other->id
                         : fmt::format("{} ({})", other->name, other->id);
  return data::amended(failure, fmt::format("; run {} {}", named, other->what),
                       {{"other_run", other->id}});
}

}  // namespace orch::replication
