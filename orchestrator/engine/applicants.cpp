#include "orchestrator/engine/applicants.h"

#include <tuple>

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/holds.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/pipelines.h"

namespace orch::engine {

const Active& Applicants::root_of(const Active& run) const {
  const auto* each = &run;
  while (const auto elder = elder_of(each->row)) {
    const auto* known = runs_.executions.known(*elder);
    if (!known) break;
    each = known;
  }
  return *each;
}

const pipeline::Limits& Applicants::limits_of(const store::ExecutionRow& root) {
  static const pipeline::Limits none;
  if (!root.made.pipeline) return none;
  const auto& [name, number] = std::tie(root.made.pipeline->pipeline, root.made.pipeline->revision);
  const auto [known, is_new] = pipelines_.try_emplace({name, number});
  if (!is_new) return known->second;
  try {
    for (const auto& revision : runs_.store.pipelines().revisions(name))
      if (revision.number == number)
        known->second = pipeline::parse(revision.document, name).limits;
  } catch (const std::exception&) {
    log::warn({{"pipeline", name}}, "its limits are not known: {}", own_fault());
  }
  return known->second;
}

bool Applicants::limits_tasks(const Active& run) {
  return !limits_of(root_of(run).row).tags.empty();
}

Applicant Applicants::made_by(const Active& run, execution::EventId ticket) {
  const auto& root = root_of(run).row;
  Applicant made;
  made.key = {run.row.id, ticket};
  made.root = root.id;
  made.group = pipeline_of(root);
  if (made.group.empty()) made.group = "workflow " + root.made.workflow;
  made.priority = limits_of(root).priority;
  made.since = runs_.turn.now();
  return made;
}

Applicant Applicants::run(const Active& root) {
  auto made = made_by(root, 0);
  if (const auto runs = limits_of(root.row).runs) {
    const auto name = "pipeline " + pipeline_of(root.row);
    made.needs.push_back({name, name, *runs});
  }
  if (of_all_.runs) made.needs.push_back({"runs", "runs of this server", *of_all_.runs});
  return made;
}

Applicant Applicants::task(const Active& run, execution::Ticket ticket,
                           const workers::Needs& needs) {
  auto made = made_by(run, static_cast<execution::EventId>(ticket));
  const auto& root = root_of(run).row;
  const auto& pipeline = limits_of(root);
  for (const auto& need : needs) {
    if (need.looks) continue;
    if (need.kind == workers::Need::Kind::connection) {
      made.needs.push_back(
          {"connection " + need.counted, "connection " + need.name, need.at_once, need.rate});
      continue;
    }
    if (const auto of_all = of_all_.tags.find(need.name); of_all != of_all_.tags.end())
      made.needs.push_back({"tag " + need.name, "tag " + need.name, of_all->second});
    if (const auto own = pipeline.tags.find(need.name); own != pipeline.tags.end())
      made.needs.push_back({fmt::format("pipeline {} tag {}", pipeline_of(root), need.name),
                            fmt::format("tag {} of pipeline {}", need.name, pipeline_of(root)),
                            own->second});
  }
  return made;
}

}  // namespace orch::engine
