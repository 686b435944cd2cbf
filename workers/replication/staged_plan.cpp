#include "workers/replication/staged_plan.h"

#include <fmt/format.h>

#include "workers/data/plan_json.h"

namespace orch::replication {

std::optional<Staged> staged_plan(const Work& work, data::Target& target) {
  auto record = target.staged(work.entry.target);
  if (!record) return std::nullopt;
  if (auto made = data::plan_in(record->position, record->fingerprint))
    return Staged{*std::move(record), *std::move(made)};
  auto plan = target.plan(data::request_from_json(record->position.at("request").as_object()));
  if (plan.fingerprint != record->fingerprint)
    throw workers::TaskFailed(
        "Schema.Changed",
        fmt::format("{}: the columns of {} changed since the load was staged: fingerprint found "
                    "{}, expected {}",
                    work.entry.key, work.entry.target.display(), plan.fingerprint,
                    record->fingerprint),
        "stage the table again", "ORCH-0509");
  return Staged{*std::move(record), std::move(plan)};
}

}  // namespace orch::replication
