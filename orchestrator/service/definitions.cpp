#include "orchestrator/service/definitions.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"
#include "orchestrator/service/syntax.h"

namespace orch::service {
namespace {

namespace bj = boost::json;

constexpr const char* schema = "SCHEMA_VALIDATION_FAILED";

std::string location_of(const std::string& pointer) { return pointer.empty() ? "/" : pointer; }

// Visits every state of every flow: its place, name and object.
template <class Visit>
void for_each_state(const bj::value& flow, const std::string& place, const Visit& visit) {
  const auto* object = flow.if_object();
  const auto* states = object ? object->if_contains("States") : nullptr;
  if (!states || !states->is_object()) return;
  for (const auto& [name, state] : states->get_object()) {
    if (!state.is_object()) continue;
    const auto here = fmt::format("{}/States/{}", place, json::pointer_token(name));
    visit(here, std::string(name), state.get_object());
    for (const char* field : {"ItemProcessor", "Iterator"})
      if (const auto* nested = state.get_object().if_contains(field))
        for_each_state(*nested, fmt::format("{}/{}", here, field), visit);
    const auto* branches = state.get_object().if_contains("Branches");
    for (std::size_t i = 0; branches && branches->is_array() && i < branches->get_array().size();
         ++i)
      for_each_state(branches->get_array()[i], fmt::format("{}/Branches/{}", here, i), visit);
  }
}

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

/// True for an action that its service does not have.
bool unknown_action(std::string_view resource) {
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

// Of problems that the service tells of the object around the member.
constexpr std::string_view wrong_language = "'QueryLanguage' can not be";

Diagnostic diagnostic_of(const Problem& problem) {
  const auto slash = problem.pointer.rfind('/');
  const auto around = slash == std::string::npos ? std::string() : problem.pointer.substr(0, slash);
  const auto field = slash == std::string::npos ? std::string() : problem.pointer.substr(slash + 1);
  if (field.ends_with(".$") && !problem.warning)
    return {true, schema,
            fmt::format("The value for the field '{}' must be a valid JSONPath or a valid "
                        "intrinsic function call",
                        field),
            location_of(around)};
  if (problem.message.ends_with(" must not be empty"))
    return {!problem.warning, schema, "Value cannot be empty", location_of(problem.pointer)};
  const bool outside = problem.message.starts_with(wrong_language);
  return {!problem.warning, schema, problem.message,
          location_of(outside ? around : problem.pointer)};
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
  for (auto& [pointer, fields] : missing) {
    std::sort(fields.begin(), fields.end(), std::greater<>());
    found.insert(
        found.begin(),
        {true, schema, fmt::format("These fields are required: [{}]", fmt::join(fields, ", ")),
         location_of(pointer)});
  }
  return found;
}

// `$name` and `$name.more`, also inside intrinsic functions; not `$`, `$.x`, `$[0]`, `$$.x`.
void collect_variables(std::string_view text, std::set<std::string>& names) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    if (i >= text.size()) return;
    if (text[i] == '\'') quoted = !quoted;
    if (text[i] != '$' || quoted) continue;
    const auto begin = ++i;
    if (i < text.size() && text[i] == '$') continue;
    while (i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) ||
                               text[i] == '_' || static_cast<unsigned char>(text[i]) >= 0x80))
      ++i;
    if (i > begin) names.emplace(text.substr(begin, i - begin));
    --i;
  }
}

bool is_path_field(std::string_view key) {
  return key.ends_with(".$") || key.ends_with("Path") || key == "Variable";
}

bool nests_states(std::string_view key) {
  return key == "ItemProcessor" || key == "Iterator" || key == "Branches";
}

void collect_variables(const bj::value& value, std::set<std::string>& names) {
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) collect_variables(item, names);
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, item] : *object) {
      if (nests_states(key)) continue;
      if (item.is_string() && is_path_field(key))
        collect_variables(std::string_view(item.get_string()), names);
      else
        collect_variables(item, names);
    }
  }
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

void check_definition(const std::string& definition, bool express) {
  std::vector<std::string> errors;
  for (const auto& each : diagnose(definition, express)) {
    if (!each.error) continue;
    errors.push_back(fmt::format("{}: {}", each.code, each.message));
    if (!each.location.empty()) errors.back() += " at " + each.location;
  }
  if (errors.empty()) return;
  throw ServiceError("InvalidDefinition", fmt::format("Invalid State Machine Definition: '{}'",
                                                      fmt::join(errors, ", ")));
}

Object variable_references(const std::string& definition) {
  Object references;
  for_each_state(json::parse(definition), "",
                 [&](const std::string&, const std::string& name, const bj::object& state) {
                   std::set<std::string> names;
                   collect_variables(state, names);
                   if (!names.empty()) references[name] = bj::array(names.begin(), names.end());
                 });
  return references;
}

Object validate_state_machine_definition(Request& request) {
  auto& in = request.in;
  const auto definition = in.required("definition", {1, 1'048'576});
  const auto type = in.one_of("type", {"STANDARD", "EXPRESS"}).value_or("STANDARD");
  const auto severity = in.one_of("severity", {"ERROR", "WARNING"}).value_or("ERROR");
  const auto most = in.integer("maxResults", 0, 100).value_or(0);
  in.check();
  bool failed = false, truncated = false;
  bj::array diagnostics;
  for (const auto& each : diagnose(definition, type == "EXPRESS")) {
    failed = failed || each.error;
    if (!each.error && severity == "ERROR") continue;
    truncated = std::ssize(diagnostics) >= (most > 0 ? most : 100);
    if (truncated) break;
    Object out{{"severity", each.error ? "ERROR" : "WARNING"},
               {"code", each.code},
               {"message", each.message}};
    if (!each.location.empty()) out["location"] = each.location;
    diagnostics.push_back(std::move(out));
  }
  return {{"result", failed ? "FAIL" : "OK"},
          {"diagnostics", std::move(diagnostics)},
          {"truncated", truncated}};
}

}  // namespace orch::service
