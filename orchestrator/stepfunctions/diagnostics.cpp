// What is wrong with a definition, in the service's codes and words.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/definitions.h"
#include "orchestrator/stepfunctions/service.h"
#include "orchestrator/stepfunctions/state_walk.h"
#include "orchestrator/stepfunctions/syntax.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

constexpr const char* schema = "SCHEMA_VALIDATION_FAILED";

// What an express machine cannot do, of one resource; empty: it can.
std::string express_refusal(std::string_view resource) {
  if (resource.find(":activity:") != std::string_view::npos)
    return "Express state machine does not support Activity ARN";
  if (resource.ends_with(".sync") || resource.ends_with(".sync:2"))
    return "Express state machine does not support '.sync' service integration";
  // The service's own text ends with a space here.
  if (resource.ends_with(".waitForTaskToken"))
    return "Express state machine does not support '.waitForTaskToken' service integration ";
  return {};
}

/// The actions of optimized integrations, by service: others of the same service do not exist.
constexpr std::array integrations = {
    std::pair{"dynamodb", "getItem putItem updateItem deleteItem"},
    std::pair{"lambda", "invoke"},
    std::pair{"sns", "publish"},
    std::pair{"sqs", "sendMessage"},
    std::pair{"states", "startExecution"},
    std::pair{"events", "putEvents"},
    std::pair{"batch", "submitJob"},
    std::pair{"ecs", "runTask"},
    std::pair{"glue", "startJobRun"},
    std::pair{"athena", "startQueryExecution stopQueryExecution getQueryExecution getQueryResults"},
    std::pair{"codebuild",
              "startBuild stopBuild batchDeleteBuilds batchGetReports startBuildBatch "
              "stopBuildBatch retryBuildBatch deleteBuildBatch"},
    std::pair{"apigateway", "invoke"},
    std::pair{"http", "invoke"},
    std::pair{"mediaconvert", "createJob"},
};

/// True for "…aws-sdk:sfn:OPERATION" that this service does not have.
bool unknown_own_operation(std::string_view resource) {
  constexpr std::string_view prefix = "arn:aws:states:::aws-sdk:sfn:";
  if (!resource.starts_with(prefix)) return false;
  resource.remove_prefix(prefix.size());
  std::string name(resource.substr(0, resource.find('.')));
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  const auto names = operation_names();
  return std::find(names.begin(), names.end(), name) == names.end();
}

/// True for an action that its service does not have.
bool unknown_action(std::string_view resource) {
  if (unknown_own_operation(resource)) return true;
  constexpr std::string_view prefix = "arn:aws:states:::";
  if (!resource.starts_with(prefix)) return false;
  resource.remove_prefix(prefix.size());
  const auto colon = std::min(resource.find(':'), resource.size());
  const auto service = resource.substr(0, colon);
  const auto rest = resource.substr(std::min(colon + 1, resource.size()));
  const auto action = rest.substr(0, std::min(rest.find('.'), rest.size()));
  const auto known = std::find_if(integrations.begin(), integrations.end(),
                                  [&](const auto& each) { return each.first == service; });
  if (known == integrations.end()) return false;
  const auto actions = fmt::format(" {} ", known->second);
  return actions.find(fmt::format(" {} ", action)) == std::string::npos;
}

void diagnose_resources(const bj::value& definition, std::vector<Diagnostic>& found) {
  for_each_state(definition, "",
                 [&](const std::string& place, const std::string&, const bj::object& state) {
                   const auto* resource = state.if_contains("Resource");
                   if (!resource || !resource->is_string()) return;
                   if (!unknown_action(resource->get_string())) return;
                   const std::string text(resource->get_string());
                   found.push_back({true, schema,
                                    fmt::format("The resource provided {} is not recognized. The "
                                                "value is not a valid resource ARN, or the "
                                                "resource is not available in this region.",
                                                text),
                                    place + "/Resource"});
                 });
}

void diagnose_express(const bj::value& definition, std::vector<Diagnostic>& found) {
  for_each_state(definition, "",
                 [&](const std::string& place, const std::string&, const bj::object& state) {
                   const auto* resource = state.if_contains("Resource");
                   if (!resource || !resource->is_string()) return;
                   auto refusal = express_refusal(resource->get_string());
                   if (!refusal.empty())
                     found.push_back({true, schema, std::move(refusal), place + "/Resource"});
                 });
}

// "the field X is required": the service names all those of one object at once.
std::string missing_field(const Problem& problem) {
  constexpr std::string_view before = "the field ", after = " is required";
  const std::string_view text = problem.message;
  if (!text.starts_with(before) || !text.ends_with(after)) return {};
  return std::string(text.substr(before.size(), text.size() - before.size() - after.size()));
}

/// "/States/C/Choices/0/Next" is "/States/C/Choices[0]/Next" to the service.
std::string location_of(const std::string& pointer) {
  static const std::set<std::string, std::less<>> lists = {
      "Choices", "And", "Or", "Retry", "Catch", "ErrorEquals", "Branches", "CSVHeaders", "Assign"};
  std::string out;
  std::string before;
  for (std::size_t at = 0; at < pointer.size();) {
    const auto end = std::min(pointer.find('/', at + 1), pointer.size());
    const auto token = pointer.substr(at + 1, end - at - 1);
    const bool index = lists.contains(before) && !token.empty() &&
                       token.find_first_not_of("0123456789") == std::string::npos;
    out += index ? fmt::format("[{}]", token) : "/" + token;
    before = token;
    at = end;
  }
  return out.empty() ? "/" : out;
}

/// The part of `text` between `before` and `after`; nothing when it has another form.
std::optional<std::string> between(std::string_view text, std::string_view before,
                                   std::string_view after) {
  if (!text.starts_with(before)) return std::nullopt;
  text.remove_prefix(before.size());
  const auto end = text.find(after);
  if (end == text.npos) return std::nullopt;
  return std::string(text.substr(0, end));
}

struct Place {
  std::string object;  ///< pointer of the object around the member
  std::string field;
};

Place place_of(const std::string& pointer) {
  const auto slash = pointer.rfind('/');
  if (slash == std::string::npos) return {};
  return {pointer.substr(0, slash), pointer.substr(slash + 1)};
}

/// Targets and reachability: the service has codes of their own for them.
std::optional<Diagnostic> of_transition(const Problem& problem) {
  if (const auto target = between(problem.message, "no state \"", "\" ("))
    return Diagnostic{true, "MISSING_TRANSITION_TARGET",
                      fmt::format("Missing 'Next' target: {}", *target),
                      location_of(problem.pointer)};
  if (const auto state = between(problem.message, "the state \"", "\" cannot be reached"))
    return Diagnostic{true, "MISSING_TRANSITION_TARGET",
                      fmt::format("State \"{}\" is not reachable.", *state),
                      location_of(problem.pointer)};
  if (problem.message == "no state ends the flow")
    return Diagnostic{true, "MISSING_END_STATE", "Workflow has no terminal state", ""};
  return std::nullopt;
}

/// Fields that the object does not have, which the service reports at the object.
std::optional<Diagnostic> of_foreign_field(const Problem& problem) {
  const auto [object, field] = place_of(problem.pointer);
  if (const auto language =
          between(problem.message, field + " belongs to the query language ", ",")) {
    const auto spoken = *language == "JSONata" ? "JSONPath" : "JSONata";
    return Diagnostic{true, schema,
                      fmt::format("The QueryLanguage is set to '{}', but field '{}' is only "
                                  "supported for the '{}' QueryLanguage",
                                  spoken, field, *language),
                      location_of(object)};
  }
  if (between(problem.message, "no field \"", "\"") ||
      between(problem.message, "the field ", " does not belong"))
    return Diagnostic{true, schema, fmt::format("Field '{}' is not supported", field),
                      location_of(object)};
  return std::nullopt;
}

/// "the JSONata expression '…' cannot be parsed: S0207: MESSAGE (at character 3)", or what it reads
/// and cannot.
std::optional<Diagnostic> of_expression(const Problem& problem) {
  const std::string_view text = problem.message;
  if ((text.starts_with("Reference to '") && text.ends_with(" not supported.")) ||
      (text.starts_with("Field '$states.") && text.ends_with(" does not exist.")))
    return Diagnostic{true, "UNSUPPORTED_JSONATA_EXPRESSION", problem.message,
                      location_of(problem.pointer)};
  constexpr std::string_view words = "' cannot be parsed: ";
  const auto begin = problem.message.rfind(words);
  if (!problem.message.starts_with("the JSONata expression '") || begin == std::string::npos)
    return std::nullopt;
  auto message = problem.message.substr(begin + words.size());
  message = message.substr(std::min(message.find(": ") + 2, message.size()));
  return Diagnostic{true, "INVALID_JSONATA_EXPRESSION",
                    message.substr(0, message.rfind(" (at character ")),
                    location_of(problem.pointer)};
}

// Of problems that the service tells of the object around the member.
constexpr std::string_view wrong_language = "'QueryLanguage' can not be";

Diagnostic diagnostic_of(const Problem& problem) {
  for (const auto& translation : {of_transition, of_foreign_field, of_expression})
    if (auto made = translation(problem)) return std::move(*made);
  const auto [object, field] = place_of(problem.pointer);
  if (field.ends_with(".$") && !problem.warning)
    return {true, schema,
            fmt::format("The value for the field '{}' must be a valid JSONPath or a valid "
                        "intrinsic function call",
                        field),
            location_of(object)};
  if (problem.message.ends_with(" must not be empty"))
    return {!problem.warning, schema, "Value cannot be empty", location_of(problem.pointer)};
  const bool outside = problem.message.starts_with(wrong_language);
  return {!problem.warning, schema, problem.message,
          location_of(outside ? object : problem.pointer)};
}

std::vector<Diagnostic> translate(const std::vector<Problem>& problems) {
  std::vector<Diagnostic> found;
  std::map<std::string, std::vector<std::string>> missing;
  for (const auto& problem : problems) {
    if (auto field = missing_field(problem); !field.empty())
      missing[problem.pointer].push_back(std::move(field));
    else
      found.push_back(diagnostic_of(problem));
  }
  // It has no place, and stands behind the targets that lead nowhere.
  std::stable_partition(found.begin(), found.end(),
                        [](const Diagnostic& each) { return !each.location.empty(); });
  for (auto& [pointer, fields] : missing) {
    std::sort(fields.begin(), fields.end(), std::greater<>());
    found.insert(
        found.begin(),
        {true, schema, fmt::format("These fields are required: [{}]", fmt::join(fields, ", ")),
         location_of(pointer)});
  }
  return found;
}

}  // namespace

std::vector<Diagnostic> diagnose(const std::string& definition, bool express) {
  if (std::all_of(definition.begin(), definition.end(),
                  [](char c) { return c == ' ' || c == '\n'; }))
    return {{true, schema, "Definition must be a valid JSON object", ""}};
  if (const auto broken = explain_syntax(definition))
    return {{true, "INVALID_JSON_DESCRIPTION", broken->with_source(definition), ""}};
  auto parsed = asl::parse(definition);
  auto found = translate(parsed.problems);
  try {
    const auto document = json::parse(definition);
    diagnose_resources(document, found);
    if (express) diagnose_express(document, found);
  } catch (const json::SyntaxError&) {
    // Duplicate names and the like are JSON to the service; asl::parse() has reported them.
  }
  return found;
}

}  // namespace orch::stepfunctions
