#include "orchestrator/asl/parse.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/asl/parse_state.h"
#include "orchestrator/asl/validate.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

void index(const Flow& flow, Workflow& workflow) {
  for (const auto& [name, state] : flow.states) {
    workflow.by_name.emplace(name, &state);
    workflow.flow_of.emplace(name, &flow);
    if (const auto* parallel = std::get_if<Parallel>(&state.body)) {
      for (const auto& branch : parallel->branches) index(branch, workflow);
    } else if (const auto* map = std::get_if<Map>(&state.body)) {
      index(map->processor, workflow);
    }
  }
}

void parse_top(const bj::object& object, Workflow& workflow, Problems& problems) {
  Fields fields(object, "", problems);
  workflow.comment = fields.string("Comment").value_or("");
  if (const auto version = fields.string("Version"); version && *version != "1.0")
    fields.problem("Version", fmt::format("Version must be \"1.0\", found \"{}\"", *version));
  workflow.language = fields.language = parse_language(fields);
  fields.machine_language = workflow.language;
  if (const auto seconds = fields.integer("TimeoutSeconds", 1, 99'999'999))
    workflow.timeout = std::chrono::seconds(*seconds);
  workflow.flow = parse_flow(fields);
  fields.finish("a definition");
  validate_flow(workflow.flow, "", problems);
  validate_names(workflow.flow, problems);
  validate_variables(workflow.flow, problems);
}

}  // namespace

ParseResult parse(std::string_view text) {
  ParseResult result;
  bj::value document;
  try {
    document = json::parse_strict(text);
  } catch (const json::SyntaxError& error) {
    const auto location = json::location_of(text, error.offset());
    result.problems.push_back({"", error.what(), "the definition must be one JSON object",
                               location.line, location.column});
    return result;
  }
  const auto* object = document.if_object();
  if (!object) {
    result.problems.push_back(
        {"", "a definition must be an object, found " + describe_type(document), "", 1, 1});
    return result;
  }
  auto workflow = std::make_shared<Workflow>();
  parse_top(*object, *workflow, result.problems);
  json::locate_problems(text, result.problems);
  const bool broken = std::any_of(result.problems.begin(), result.problems.end(),
                                  [](const Problem& problem) { return !problem.warning; });
  if (broken) return result;
  index(workflow->flow, *workflow);
  result.workflow = std::move(workflow);
  return result;
}

std::shared_ptr<const Workflow> parse_or_throw(std::string_view text, const std::string& file) {
  auto result = parse(text);
  if (!result.workflow) throw InvalidDocument("ORCH-0101", file, std::move(result.problems));
  return result.workflow;
}

const char* type_name(const State& state) {
  constexpr const char* names[] = {"Pass",    "Task", "Choice",   "Wait",
                                   "Succeed", "Fail", "Parallel", "Map"};
  return names[state.body.index()];
}

}  // namespace orch::asl
