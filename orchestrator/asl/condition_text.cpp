#include <fmt/format.h>

#include "orchestrator/asl/graph.h"
#include "orchestrator/asl/utf8.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

constexpr std::size_t longest = 60;

/// The operator between variable and operand; for the Is… operators after a verb.
const char* sign(Comparison::Operator op) {
  using enum Comparison::Operator;
  switch (op) {
    case string_equals:
    case numeric_equals:
    case timestamp_equals:
    case boolean_equals:
      return "=";
    case string_less_than:
    case numeric_less_than:
    case timestamp_less_than:
      return "<";
    case string_greater_than:
    case numeric_greater_than:
    case timestamp_greater_than:
      return ">";
    case string_less_than_equals:
    case numeric_less_than_equals:
    case timestamp_less_than_equals:
      return "<=";
    case string_greater_than_equals:
    case numeric_greater_than_equals:
    case timestamp_greater_than_equals:
      return ">=";
    case string_matches:
      return "matches";
    case is_null:
      return "null";
    case is_present:
      return "present";
    case is_numeric:
      return "a number";
    case is_string:
      return "a string";
    case is_boolean:
      return "a boolean";
    case is_timestamp:
      return "a timestamp";
  }
  return "";
}

std::string comparison_text(const Comparison& comparison) {
  const auto& variable = comparison.variable.text();
  if (const auto* path = std::get_if<Path>(&comparison.operand))
    return fmt::format("{} {} {}", variable, sign(comparison.op), path->text());
  const auto& operand = std::get<boost::json::value>(comparison.operand);
  if (comparison.op >= Comparison::Operator::is_null)
    return fmt::format("{} is {}{}", variable, operand.as_bool() ? "" : "not ",
                       sign(comparison.op));
  return fmt::format("{} {} {}", variable, sign(comparison.op), json::write(operand));
}

std::string text_of(const Condition& condition, bool inside);

std::string joined(const std::vector<Condition>& operands, const char* word, bool inside) {
  std::string text;
  for (const auto& operand : operands) {
    if (!text.empty()) text += word;
    text += text_of(operand, operands.size() > 1);
  }
  return inside && operands.size() > 1 ? "(" + text + ")" : text;
}

std::string text_of(const Condition& condition, bool inside) {
  switch (condition.kind) {
    case Condition::Kind::comparison:
      return comparison_text(*condition.comparison);
    case Condition::Kind::all_of:
      return joined(condition.operands, " and ", inside);
    case Condition::Kind::any_of:
      return joined(condition.operands, " or ", inside);
    case Condition::Kind::negation:
      return "not (" + text_of(condition.operands.front(), false) + ")";
  }
  return "";
}

struct InWords {
  std::string operator()(const Condition& condition) const { return text_of(condition, false); }
  std::string operator()(const Expression& expression) const { return expression.text(); }
  std::string operator()(bool fixed) const { return fixed ? "true" : "false"; }
};

}  // namespace

std::string short_text(const ChoiceRule& rule) {
  auto whole = std::visit(InWords{}, rule.condition);
  std::size_t end = 0;
  std::size_t before_last = 0;
  for (std::size_t count = 0; end < whole.size(); ++count) {
    if (count == longest) return whole.substr(0, before_last) + "…";
    before_last = end;
    end += character_size(std::string_view(whole).substr(end));
  }
  return whole;
}

}  // namespace orch::asl
