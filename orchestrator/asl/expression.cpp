#include "orchestrator/asl/expression.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/base/ascii.h"
#include "orchestrator/json/expression_marks.h"
#include "orchestrator/json/text.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

/// The members of `$states`; the context only when the expression may look at it, since making it
/// is not free.
jsonata::Bindings states_of(const Scope& scope, bool with_context) {
  jsonata::Bindings members;
  if (scope.input) members.emplace_back("input", scope.input);
  if (scope.result) members.emplace_back("result", scope.result);
  if (scope.error_output) members.emplace_back("errorOutput", scope.error_output);
  if (with_context && scope.context) members.emplace_back("context", &scope.context());
  return members;
}

/// False when every `$states` in the text is followed by a member that is not the context.
bool may_need_context(std::string_view text) {
  constexpr std::string_view name = "$states";
  constexpr std::array others = {".input", ".result", ".errorOutput"};
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const auto rest = text.substr(at + name.size());
    if (std::none_of(others.begin(), others.end(),
                     [&](std::string_view member) { return rest.starts_with(member); }))
      return true;
  }
  return false;
}

}  // namespace

struct Expression::Compiled {
  std::string text;
  std::string field;
  jsonata::Expression program;
  std::set<std::string> variables;  ///< of the workflow: without `states`
  bool needs_context = true;
};

bool Expression::is_one(std::string_view text) { return json::marked_expression(text).has_value(); }

Expression Expression::compile(std::string_view text, std::string field) {
  text = trimmed(json::marked_expression(text).value(), " \t\r\n");
  try {
    auto program = jsonata::Expression::parse(text, {.step_functions = true});
    auto variables = program.variables();
    variables.erase("states");
    Expression expression;
    expression.compiled_ = std::make_shared<const Compiled>(
        Compiled{std::string(text), std::move(field), std::move(program), std::move(variables),
                 may_need_context(text)});
    return expression;
  } catch (const jsonata::Error& error) {
    throw SyntaxProblem(
        fmt::format("the JSONata expression '{}' cannot be parsed: {}: {} (at "
                    "character {})",
                    text, error.code(), error.what(), error.position.value_or(0)));
  }
}

const std::string& Expression::text() const { return compiled_->text; }

const std::string& Expression::field() const { return compiled_->field; }

std::vector<std::string> Expression::unsupported(bool in_catcher) const {
  const auto references = compiled_->program.references();
  std::vector<std::string> problems;
  for (const auto& name : references.input_members)
    problems.push_back(fmt::format("Reference to '{}' at the top level is not supported.", name));
  if (references.root) problems.emplace_back("Reference to '$$' is not supported.");
  const auto states = references.members.find("states");
  if (states == references.members.end()) return problems;
  constexpr std::array known = {"input", "result", "context"};
  for (const auto& name : states->second) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (name == "errorOutput" && in_catcher) continue;
    problems.push_back(fmt::format("Field '$states.{}' does not exist.", name));
  }
  return problems;
}

const std::set<std::string>& Expression::variables() const { return compiled_->variables; }

bj::value Expression::evaluate(const Scope& scope) const {
  jsonata::Bindings bindings;
  for (const auto& name : compiled_->variables) {
    const auto* value = scope.variable ? scope.variable(name) : nullptr;
    if (value) bindings.emplace_back(name, value);
  }
  const auto fail = [&](const std::string& how) {
    return EvaluationError(
        {"States.QueryEvaluationError",
         fmt::format("The JSONata expression '{}' specified for the field '{}' {}", text(), field(),
                     how)},
        field());
  };
  try {
    jsonata::Environment environment{scope.now, scope.seed, jsonata::bounded(), {}};
    environment.objects.emplace_back("states", states_of(scope, compiled_->needs_context));
    auto result = compiled_->program.evaluate(nullptr, bindings, environment);
    if (!result) throw fail("returned nothing (undefined).");
    return std::move(*result);
  } catch (const jsonata::NotJson&) {
    throw fail("returned an unsupported result type.");
  } catch (const jsonata::Error& error) {
    throw fail(fmt::format("threw an error during evaluation. {}: {}", error.code(), error.what()));
  }
}

void Expression::refuse(std::string_view expected, const bj::value& value) const {
  throw EvaluationError(
      {"States.QueryEvaluationError",
       fmt::format(
           "The JSONata expression '{}' specified for the field '{}' returned an unexpected "
           "result type. Expected '{}', but was '{}' for value: {}",
           text(), field(), expected, type_of(value), json::write(value))},
      field());
}

std::string_view type_of(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return "boolean";
    case bj::kind::string:
      return "string";
    case bj::kind::array:
      return "array";
    case bj::kind::object:
      return "object";
    default:
      return "number";
  }
}

}  // namespace orch::asl
