// Pictures of a definition: its states and the ways between them, as text for Graphviz or Mermaid.
#pragma once

#include <map>
#include <string>

#include "orchestrator/asl/definition.h"

namespace orch::asl {

/// What a run made of a state.
struct StateMark {
  enum class Status { not_run, running, succeeded, failed, caught, aborted };
  Status status = Status::not_run;
  std::string note;  ///< one line under the name, "3/23 tables" say; may be empty
};

/// By the state's name; a state that is not here is drawn plain.
using StateMarks = std::map<std::string, StateMark, std::less<>>;

/// A `digraph` in the DOT language: branches and processors are clusters, ways out of a Choice
/// carry their condition, ways of a Catch are dashed. The same workflow and marks give the same
/// text.
std::string to_dot(const Workflow& workflow, const StateMarks& marks = {});

/// The same picture as a Mermaid flowchart.
std::string to_mermaid(const Workflow& workflow, const StateMarks& marks = {});

/// A condition in a few words, "$.rows > 0 and $.kind = \"full\"" say: at most 60 characters,
/// cut with "…".
std::string short_text(const ChoiceRule& rule);

}  // namespace orch::asl
