// A pipeline as its JSON document says it: a workflow under a name, what fires it, and its rules.
//
//   {"workflow": "workflows/load.json", "input": {"day": "{% $trigger.date %}"},
//    "triggers": {"nightly": {"schedule": "30 2 * * *", "zone": "Europe/Berlin"}},
//    "overlap": "queue_one"}
//
// Pure: no clock, file or thread. Each member is read by a file of its own, which reports what is
// wrong with its place; schema/pipeline.schema.json has the same members for editors.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/alerts/promise.h"
#include "orchestrator/alerts/reaction.h"
#include "orchestrator/alerts/rule.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/pipeline/input.h"
#include "orchestrator/pipeline/limits.h"
#include "orchestrator/pipeline/overlap.h"
#include "orchestrator/pipeline/retention.h"
#include "orchestrator/pipeline/trigger.h"

namespace orch::pipeline {

struct Pipeline {
  std::string workflow;  ///< path of the definition in the project, or the name of a shipped one
  std::string description;
  InputTemplate input;
  Triggers triggers;
  Overlap overlap = Overlap::skip;
  std::optional<Retention> retention = {};
  Limits limits;
  std::string owner = {};  ///< whom people ask; may be empty
  /// Of the business, for scopes of identities; may be empty.
  std::string domain = {};
  std::optional<alerts::Promise> fresh = {};
  std::vector<alerts::Rule> alerts = {};
  std::optional<alerts::Reaction> on_failure = {};
};

/// Reads a document and collects what is wrong with it; pointers begin at its root.
Pipeline read(const boost::json::object& document, json::Problems& problems);

/// The same of a text. Throws InvalidDocument ORCH-0801 with lines and columns; `file` names it.
Pipeline parse(std::string_view text, const std::string& file);

}  // namespace orch::pipeline
