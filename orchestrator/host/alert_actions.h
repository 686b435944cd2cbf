// What is done, rather than told, because a run has failed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "orchestrator/alerts/reaction.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/store/alerts.h"
#include "orchestrator/store/store.h"

namespace orch::host {

struct ReactionStart {
  std::string target;        ///< "pipeline:NAME" or "workflow:NAME"
  boost::json::object body;  ///< input of the run: {"failure": {…}}
};

/// The run that the reaction wants for the failure of `row`; empty: none, or the failed run is the
/// last of a chain of such runs that is long enough.
std::optional<ReactionStart> reaction_start(const alerts::Reaction& reaction,
                                            const std::string& subject,
                                            const store::ExecutionRow& row,
                                            const std::string& failure);

/// What resumes or starts a run as the delivery says. Done twice with the same `id` it happens
/// once. Throws Error when there is nothing of the target's name; the function throws as the engine
/// does.
std::function<void()> action_of(store::Store& store, engine::Engine& engine,
                                const store::DeliveryRow& delivery, const std::string& id);

}  // namespace orch::host
