// Pipelines and their fires as JSON: the documented output of `orch pipelines -o json`, which only
// grows.
#pragma once

#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/store.h"

namespace orch::view {

/// {"pipeline","trigger","key","kind","fire_time","outcome","run"?,"reason"?,"backfill"?,
/// "decided"}; times in UTC.
boost::json::object fire_document(const store::FireRow& fire);

/// Of each backfill of the pipeline: {"backfill","trigger","from","to","order","at_once","asked",
/// "by","note","queued","started","other"}.
boost::json::array backfill_documents(store::Store& store, const std::string& pipeline);

/// Of each pipeline, by name: {"name","project"?,"revision","workflow","state": active | paused |
/// broken,"paused"?: {"since","by","note"},"problem"?,"running","queued","last_run"?: {"run",
/// "status","fire_time","trigger","started","ended"?},"next_fire"?: {"trigger","fire_time","utc"}}
boost::json::array pipeline_documents(store::Store& store, Instant now);

/// The same of one, with "description"?, "overlap", "triggers": [{"name","kind","schedule"?,
/// "zone"?,"next"?: [fire times]}], "document", "deployed","revisions": [{"number","made","by"}]
/// and "backfills".
boost::json::object pipeline_document(store::Store& store, const store::PipelineRow& row,
                                      Instant now);

}  // namespace orch::view
