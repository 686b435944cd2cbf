#include "orchestrator/pipeline/document.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"

namespace orch::pipeline {
namespace {

// They are about what is shown (store/redaction.h), and change nothing here.
void check_redact(json::Fields& fields) {
  if (!fields.has("redact")) return;
  for (const auto& name : fields.strings("redact"))
    if (name.empty())
      fields.problem("redact", "a name of a member is empty", "\"*\" in a name is any text");
}

}  // namespace

Pipeline read(const boost::json::object& document, json::Problems& problems) {
  json::Fields fields(document, "", problems);
  fields.accept({"$schema"});
  Pipeline made;
  made.workflow = fields.required_string("workflow");
  made.description = fields.string("description").value_or("");
  made.input = InputTemplate::read(fields);
  made.triggers = read_triggers(fields);
  made.overlap = read_overlap(fields);
  made.retention = read_retention(fields);
  made.limits = read_limits(fields);
  made.owner = fields.string("owner").value_or("");
  made.domain = fields.string("domain").value_or("");
  made.fresh = alerts::read_fresh(fields);
  made.alerts = alerts::read_rules(fields, "alerts");
  made.on_failure = alerts::read_reaction(fields);
  check_redact(fields);
  fields.finish("a pipeline");
  return made;
}

Pipeline parse(std::string_view text, const std::string& file) {
  json::Problems problems;
  try {
    const auto document = json::parse(text);
    if (const auto* object = document.if_object()) {
      auto made = read(*object, problems);
      if (problems.empty()) return made;
      json::locate_problems(text, problems);
    } else {
      problems.push_back({"", fmt::format("a pipeline must be an object, found {}",
                                          json::describe_type(document))});
    }
  } catch (const json::SyntaxError& error) {
    const auto place = json::location_of(text, error.offset());
    problems.push_back({"", error.what(), "", place.line, place.column});
  }
  throw InvalidDocument("ORCH-0801", file, std::move(problems));
}

}  // namespace orch::pipeline
