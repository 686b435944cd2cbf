// What the run store says about the subjects of alerts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/alerts/evaluate.h"
#include "orchestrator/alerts/reaction.h"
#include "orchestrator/host/alert_plan.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// "pipeline:NAME" or "workflow:NAME".
std::string subject_of(const store::NewExecution& made);

/// What is watched of a pipeline, a workflow or the server.
struct Watched {
  alerts::Subject subject;
  std::optional<alerts::Reaction> reaction = {};

  bool asks_for(alerts::Condition condition) const;
};

/// By the subject's name: pipelines by their documents and the plan's rules, the server, and those
/// of the workflows in `workflows` that rules of the plan fit. A document that cannot be read is
/// told in the log and has the plan's rules.
std::map<std::string, Watched> watched_subjects(store::Store& store, const AlertPlan& plan,
                                                const std::vector<std::string>& workflows);

/// A run that has ended as the rules of `watched` want to know it: with what failed in it where one
/// asks for that.
alerts::RunEnd end_of(store::Store& store, const Watched& watched, const store::ExecutionRow& row);

/// Fire times of the pipeline without a run within the last two days, and the latest one with a
/// run.
void add_fires(store::Store& store, const std::string& pipeline, Instant now, alerts::Facts& facts);

}  // namespace orch::host
