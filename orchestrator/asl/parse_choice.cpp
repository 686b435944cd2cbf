// Choice rules.
#include <array>

#include <fmt/format.h>

#include "orchestrator/asl/parse_state.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using Operator = Comparison::Operator;

enum class OperandType : std::uint8_t { string, number, boolean, timestamp };

struct OperatorName {
  const char* name;
  Operator op;
  OperandType operand;
  bool has_path_form;
};

constexpr std::array operators = {
    OperatorName{"StringEquals", Operator::string_equals, OperandType::string, true},
    OperatorName{"StringLessThan", Operator::string_less_than, OperandType::string, true},
    OperatorName{"StringGreaterThan", Operator::string_greater_than, OperandType::string, true},
    OperatorName{"StringLessThanEquals", Operator::string_less_than_equals, OperandType::string,
                 true},
    OperatorName{"StringGreaterThanEquals", Operator::string_greater_than_equals,
                 OperandType::string, true},
    OperatorName{"StringMatches", Operator::string_matches, OperandType::string, false},
    OperatorName{"NumericEquals", Operator::numeric_equals, OperandType::number, true},
    OperatorName{"NumericLessThan", Operator::numeric_less_than, OperandType::number, true},
    OperatorName{"NumericGreaterThan", Operator::numeric_greater_than, OperandType::number, true},
    OperatorName{"NumericLessThanEquals", Operator::numeric_less_than_equals, OperandType::number,
                 true},
    OperatorName{"NumericGreaterThanEquals", Operator::numeric_greater_than_equals,
                 OperandType::number, true},
    OperatorName{"TimestampEquals", Operator::timestamp_equals, OperandType::timestamp, true},
    OperatorName{"TimestampLessThan", Operator::timestamp_less_than, OperandType::timestamp, true},
    OperatorName{"TimestampGreaterThan", Operator::timestamp_greater_than, OperandType::timestamp,
                 true},
    OperatorName{"TimestampLessThanEquals", Operator::timestamp_less_than_equals,
                 OperandType::timestamp, true},
    OperatorName{"TimestampGreaterThanEquals", Operator::timestamp_greater_than_equals,
                 OperandType::timestamp, true},
    OperatorName{"BooleanEquals", Operator::boolean_equals, OperandType::boolean, true},
    OperatorName{"IsNull", Operator::is_null, OperandType::boolean, false},
    OperatorName{"IsPresent", Operator::is_present, OperandType::boolean, false},
    OperatorName{"IsNumeric", Operator::is_numeric, OperandType::boolean, false},
    OperatorName{"IsString", Operator::is_string, OperandType::boolean, false},
    OperatorName{"IsBoolean", Operator::is_boolean, OperandType::boolean, false},
    OperatorName{"IsTimestamp", Operator::is_timestamp, OperandType::boolean, false},
};

// Rules nest as deep as their author likes; the machine evaluates them by recursion.
constexpr int max_nesting = 100;

bool fits(const bj::value& value, OperandType operand) {
  switch (operand) {
    case OperandType::string:
      return value.is_string();
    case OperandType::number:
      return value.is_number();
    case OperandType::boolean:
      return value.is_bool();
    case OperandType::timestamp:
      return value.is_string() && from_iso(std::string_view(value.get_string())).has_value();
  }
  return false;
}

const char* expectation(OperandType operand) {
  switch (operand) {
    case OperandType::string:
      return "a string";
    case OperandType::number:
      return "a number";
    case OperandType::boolean:
      return "true or false";
    case OperandType::timestamp:
      return "an RFC 3339 timestamp such as \"2026-01-31T23:59:59Z\"";
  }
  return "";
}

void read_operand(Fields& fields, const OperatorName& entry, Comparison& comparison) {
  const auto& value = *fields.get(entry.name);
  comparison.op = entry.op;
  comparison.operand = value;
  if (!fits(value, entry.operand))
    fields.problem(entry.name, fmt::format("{} must be {}, found {}", entry.name,
                                           expectation(entry.operand), describe_type(value)));
}

std::optional<Comparison> parse_comparison(Fields& fields) {
  const auto variable = fields.path("Variable");
  if (!fields.has("Variable")) fields.problem("", "the field Variable is required");
  std::optional<Comparison> comparison;
  int found = 0;
  for (const auto& entry : operators) {
    const auto by_path = std::string(entry.name) + "Path";
    if (fields.has(entry.name)) {
      ++found;
      comparison.emplace(Comparison{variable.value_or(Path::compile("$")), entry.op, {}});
      read_operand(fields, entry, *comparison);
    } else if (entry.has_path_form && fields.has(by_path)) {
      ++found;
      const auto operand = fields.path(by_path);
      if (operand)
        comparison.emplace(Comparison{variable.value_or(Path::compile("$")), entry.op, *operand});
    } else {
      fields.accept({entry.name});
      if (entry.has_path_form) fields.accept({by_path});
    }
  }
  if (found == 0)
    fields.problem("", "the rule has no operator",
                   "add one of StringEquals, NumericLessThan, IsPresent, And, Or, Not, …");
  if (found > 1) fields.problem("", "the rule has more than one operator", "join them by And");
  return comparison;
}

Condition parse_condition(Fields& fields, int depth);

Condition parse_operand(const bj::value& value, const std::string& pointer, Problems& problems,
                        int depth) {
  const auto* object = value.if_object();
  if (!object) {
    problems.push_back({pointer, "a rule must be an object, found " + describe_type(value)});
    return {};
  }
  Fields fields(*object, pointer, problems);
  if (object->contains("Next")) fields.problem("Next", "only the outermost rule has a Next");
  fields.accept({"Next"});
  auto condition = parse_condition(fields, depth);
  fields.finish("a Choice rule");
  return condition;
}

Condition parse_group(Fields& fields, const char* field, Condition::Kind kind, int depth) {
  Condition group{kind, {}, {}};
  const auto* operands = fields.array(field);
  if (!operands) return group;
  if (operands->empty()) fields.problem(field, fmt::format("{} must not be empty", field));
  for (std::size_t i = 0; i < operands->size(); ++i)
    group.operands.push_back(parse_operand(
        (*operands)[i], fmt::format("{}/{}", fields.at(field), i), fields.problems(), depth));
  return group;
}

Condition parse_condition(Fields& fields, int depth) {
  if (depth > max_nesting) {
    fields.problem("", fmt::format("rules nest deeper than {}", max_nesting));
    return {};
  }
  if (fields.has("And")) return parse_group(fields, "And", Condition::Kind::all_of, depth + 1);
  if (fields.has("Or")) return parse_group(fields, "Or", Condition::Kind::any_of, depth + 1);
  if (fields.has("Not")) {
    Condition negation{Condition::Kind::negation, {}, {}};
    negation.operands.push_back(
        parse_operand(*fields.get("Not"), fields.at("Not"), fields.problems(), depth + 1));
    return negation;
  }
  return {Condition::Kind::comparison, parse_comparison(fields), {}};
}

// JSONata: a Condition that is an expression or a plain boolean.
std::variant<Condition, Expression, bool> parse_expression(Fields& rule) {
  if (auto computed = rule.expression("Condition")) return std::move(*computed);
  if (!rule.has("Condition")) rule.problem("", "the field Condition is required");
  const auto* value = rule.get("Condition");
  if (value && !value->is_bool() && !value->is_string())
    rule.problem("Condition", "Condition must be a JSONata expression or true or false, found " +
                                  describe_type(*value));
  else if (value && value->is_string() &&
           !Expression::is_one(std::string_view(value->get_string())))
    rule.problem("Condition",
                 "Condition must begin with {% and end with %}, found " + describe_type(*value));
  return value && value->is_bool() && value->get_bool();
}

}  // namespace

Choice parse_choice(Fields& fields) {
  Choice choice;
  choice.default_next = fields.string("Default");
  const auto* rules = fields.array("Choices");
  if (!fields.has("Choices")) fields.problem("", "the field Choices is required");
  if (rules && rules->empty()) fields.problem("Choices", "Choices must not be empty");
  if (!rules) return choice;
  for_each_object(fields, "Choices", "a Choice rule", [&](Fields& rule, bool) {
    ChoiceRule made;
    made.next = rule.required_string("Next");
    if (rule.jsonata()) {
      made.condition = parse_expression(rule);
      made.output = rule.payload_template("Output");
    } else {
      made.condition = parse_condition(rule, 0);
    }
    made.assign = parse_assign(rule);
    choice.choices.push_back(std::move(made));
  });
  return choice;
}

}  // namespace orch::asl
