#include "orchestrator/alerts/reaction.h"

#include "orchestrator/alerts/read.h"

namespace orch::alerts {

constexpr std::int64_t most_resumes = 100;

std::optional<Reaction> read_reaction(json::Fields& document) {
  const auto* object = document.object("on_failure");
  if (!object) return std::nullopt;
  json::Fields fields(*object, document.at("on_failure"), document.problems());
  Reaction reaction;
  reaction.resumes = fields.integer("resume", 0, most_resumes).value_or(0);
  reaction.after = read_duration(fields, "after").value_or(reaction.after);
  reaction.pipeline = fields.string("pipeline");
  reaction.workflow = fields.string("workflow");
  if (reaction.pipeline && reaction.workflow)
    fields.problem("workflow", "on_failure has both pipeline and workflow", "name one of them");
  if (reaction.resumes == 0 && !reaction.pipeline && !reaction.workflow)
    fields.problem("", "on_failure does nothing", "give it resume, pipeline or workflow");
  fields.finish("on_failure");
  return reaction;
}

}  // namespace orch::alerts
