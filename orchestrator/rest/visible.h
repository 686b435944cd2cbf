// What of the store a caller with a scope may see. What is outside is answered as what there is
// not: neither a name nor a suggestion tells of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/identity/scope.h"
#include "orchestrator/rest/request.h"
#include "orchestrator/store/pipelines.h"

namespace orch::rest {

/// The pipelines in the scope, by name.
std::vector<store::PipelineRow> pipelines_in_scope(store::Store& store,
                                                   const identity::Scope& scope);

/// Their names; unset: all runs may be seen, also those of no pipeline.
std::optional<std::vector<std::string>> visible_pipelines(store::Store& store,
                                                          const identity::Scope& scope);

bool sees_pipeline(store::Store& store, const identity::Scope& scope, const std::string& name);
/// True when its pipeline is in the scope, or that of the run that it is a part of or was started
/// by.
bool sees_run(store::Store& store, const identity::Scope& scope, const store::ExecutionRow& row);

/// The run of this name, id or part of it. Throws Refused, 404, for one outside of the scope.
store::ExecutionRow visible_run(store::Store& store, const identity::Scope& scope,
                                const std::string& name);
/// Throws Refused, 404, likewise.
void require_pipeline(store::Store& store, const identity::Scope& scope, const std::string& name);
/// Throws Refused, 403, when the caller has a scope; `what` names what is asked for.
void require_no_scope(const Caller& caller, std::string_view what);

/// What the route's reach says; the run in the path is its id afterwards. Throws Refused.
void require_reach(Request& request, const Route& route);

}  // namespace orch::rest
