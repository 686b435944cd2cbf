// What pipelines read and write: the connections and catalogs of their revisions, looked at now,
// from this process. None of it writes anything.
#pragma once

#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// Of each connection that pipelines have, by name: {"connection", "engine", "url" (without a
/// secret), "pipelines": [names], "at_once"?: most tasks at a time, "closed"?: {"until", "reason"}
/// (a maintenance window), "down"?: {"since", "reason"}, "held"?: mode of the hold}. The
/// same name in the files of several projects is one item for each place that it leads to. A file
/// that cannot be read is told in the log and left out.
boost::json::array connection_documents(store::Store& store, Instant now);

/// Connects, describes the tables and reads up to `rows` rows of each type; gives up after a
/// minute: connectors::trial_document(). Of a connection that can only be written to it asks the
/// least. The rights that are missing include those that the pipeline's catalog takes. Throws Error
/// ORCH-0850 when the connection does not answer or the pipeline has none
/// of this name.
boost::json::object connection_trial(const store::PipelineRow& pipeline, const std::string& name,
                                     std::int64_t rows);

/// The entries of the pipeline's catalog: the file that its input names as "catalog", else
/// catalog.json. These throw Error ORCH-0852 when there is no such file, ORCH-0851 when its input
/// chooses the catalog at run time, InvalidDocument ORCH-0301 and ORCH-0310 of the files, and Error
/// ORCH-0850.
boost::json::array catalog_entries(const store::PipelineRow& pipeline);

/// How catalog and sources have come apart: [{"change": "new" | "gone" | "changed", "key",
/// "detail", "entry"?, "accepted_schema"?, "sql": [...]}].
boost::json::array catalog_changes(const store::PipelineRow& pipeline);

/// What a run would do with each table, as `orch plan -o json`.
boost::json::array catalog_plan(const store::PipelineRow& pipeline);

}  // namespace orch::host
