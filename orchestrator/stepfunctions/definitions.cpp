#include "orchestrator/stepfunctions/definitions.h"

#include <cctype>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/state_walk.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

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

void refuse_errors(const std::vector<Diagnostic>& found) {
  std::vector<std::string> errors;
  for (const auto& each : found) {
    if (!each.error) continue;
    errors.push_back(fmt::format("{}: {}", each.code, each.message));
    if (!each.location.empty()) errors.back() += " at " + each.location;
  }
  if (errors.empty()) return;
  throw ServiceError("InvalidDefinition", fmt::format("Invalid State Machine Definition: '{}'",
                                                      fmt::join(errors, ", ")));
}

void check_definition(const Desk& desk, const std::string& definition, bool express) {
  auto found = diagnose(definition, express);
  for (auto& refusal : diagnose_access(desk, definition)) found.push_back(std::move(refusal));
  refuse_errors(found);
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
  auto found = diagnose(definition, type == "EXPRESS");
  for (auto& refusal : diagnose_access(request.desk, definition))
    found.push_back(std::move(refusal));
  for (const auto& each : found) {
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

}  // namespace orch::stepfunctions
