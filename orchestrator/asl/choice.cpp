#include "orchestrator/asl/choice.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/value.h"
#include "orchestrator/base/time.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using Order = std::optional<std::partial_ordering>;  // empty: the values cannot be compared

/// A value in a document, or the answer of a path that collects.
class Found {
 public:
  Found(const Path& path, const Scope& scope) {
    path.require_input(scope);
    if (path.definite()) {
      place_ = path.find(scope);
      return;
    }
    auto answer = path.resolve(scope);
    if (auto* value = std::get_if<bj::value>(&answer)) {
      made_ = std::move(*value);
      place_ = &made_;
    }
  }
  Found(const Found&) = delete;
  Found& operator=(const Found&) = delete;

  const bj::value* place() const { return place_; }

 private:
  bj::value made_;
  const bj::value* place_ = nullptr;
};

const bj::value& required(const Found& found, const Path& path) {
  if (found.place() != nullptr) return *found.place();
  throw EvaluationError(
      {"States.Runtime",
       fmt::format(
           "Invalid path '{}': The choice state's condition path references an invalid value.",
           path.text())});
}

Order order_of_text(const bj::value& a, const bj::value& b) {
  if (!a.is_string() || !b.is_string()) return std::nullopt;
  return compare_text(view(a), view(b));
}

Order order_of_numbers(const bj::value& a, const bj::value& b) {
  if (!a.is_number() || !b.is_number()) return std::nullopt;
  return compare_numbers(a, b);
}

std::optional<Instant> instant_of(const bj::value& value) {
  return value.is_string() ? from_iso(view(value)) : std::nullopt;
}

Order order_of_instants(const bj::value& a, const bj::value& b) {
  const auto first = instant_of(a);
  const auto second = instant_of(b);
  if (!first || !second) return std::nullopt;
  return *first <=> *second;
}

/// `*` in the pattern stands for any text; a backslash takes the next character literally.
bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  auto star = pattern.npos;   // after the last * seen
  std::size_t star_text = 0;  // where that * ends in the text for now
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size()) return p == pattern.size();
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const auto literal = p + (escaped ? 1 : 0);
    if (literal < pattern.size() && pattern[literal] == text[t]) {
      p = literal + 1;
      ++t;
    } else if (star != pattern.npos) {
      p = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
}

bool string_matches(const bj::value& value, const bj::value& pattern) {
  return value.is_string() && pattern.is_string() && matches_pattern(view(value), view(pattern));
}

bool compare(Comparison::Operator op, const bj::value& a, const bj::value& b) {
  const auto equal = [](Order o) { return o && std::is_eq(*o); };
  const auto less = [](Order o) { return o && std::is_lt(*o); };
  const auto greater = [](Order o) { return o && std::is_gt(*o); };
  const auto at_most = [](Order o) { return o && std::is_lteq(*o); };
  const auto at_least = [](Order o) { return o && std::is_gteq(*o); };
  switch (op) {
    case Comparison::Operator::string_equals:
      return equal(order_of_text(a, b));
    case Comparison::Operator::string_less_than:
      return less(order_of_text(a, b));
    case Comparison::Operator::string_greater_than:
      return greater(order_of_text(a, b));
    case Comparison::Operator::string_less_than_equals:
      return at_most(order_of_text(a, b));
    case Comparison::Operator::string_greater_than_equals:
      return at_least(order_of_text(a, b));
    case Comparison::Operator::string_matches:
      return string_matches(a, b);
    case Comparison::Operator::numeric_equals:
      return equal(order_of_numbers(a, b));
    case Comparison::Operator::numeric_less_than:
      return less(order_of_numbers(a, b));
    case Comparison::Operator::numeric_greater_than:
      return greater(order_of_numbers(a, b));
    case Comparison::Operator::numeric_less_than_equals:
      return at_most(order_of_numbers(a, b));
    case Comparison::Operator::numeric_greater_than_equals:
      return at_least(order_of_numbers(a, b));
    case Comparison::Operator::timestamp_equals:
      return equal(order_of_instants(a, b));
    case Comparison::Operator::timestamp_less_than:
      return less(order_of_instants(a, b));
    case Comparison::Operator::timestamp_greater_than:
      return greater(order_of_instants(a, b));
    case Comparison::Operator::timestamp_less_than_equals:
      return at_most(order_of_instants(a, b));
    case Comparison::Operator::timestamp_greater_than_equals:
      return at_least(order_of_instants(a, b));
    case Comparison::Operator::boolean_equals:
      return a.is_bool() && b.is_bool() && a.get_bool() == b.get_bool();
    case Comparison::Operator::is_null:
      return a.is_null() == (b == bj::value(true));
    case Comparison::Operator::is_numeric:
      return a.is_number() == (b == bj::value(true));
    case Comparison::Operator::is_string:
      return a.is_string() == (b == bj::value(true));
    case Comparison::Operator::is_boolean:
      return a.is_bool() == (b == bj::value(true));
    case Comparison::Operator::is_timestamp:
      return instant_of(a).has_value() == (b == bj::value(true));
    case Comparison::Operator::is_present:
      return b == bj::value(true);
  }
  return false;
}

bool holds(const Comparison& comparison, const Scope& scope) {
  const Found variable(comparison.variable, scope);
  if (comparison.op == Comparison::Operator::is_present)
    return (variable.place() != nullptr) ==
           (std::get<bj::value>(comparison.operand) == bj::value(true));
  const auto& value = required(variable, comparison.variable);
  const auto* path = std::get_if<Path>(&comparison.operand);
  if (path == nullptr)
    return compare(comparison.op, value, std::get<bj::value>(comparison.operand));
  const Found operand(*path, scope);
  return compare(comparison.op, value, required(operand, *path));
}

bool holds(const Condition& condition, const Scope& scope) {
  const auto passes = [&](const Condition& each) { return holds(each, scope); };
  const auto& operands = condition.operands;
  switch (condition.kind) {
    case Condition::Kind::comparison:
      return holds(*condition.comparison, scope);
    case Condition::Kind::all_of:
      return std::all_of(operands.begin(), operands.end(), passes);
    case Condition::Kind::any_of:
      return std::any_of(operands.begin(), operands.end(), passes);
    case Condition::Kind::negation:
      return !passes(operands.front());
  }
  return false;
}

struct Holds {
  const Scope& scope;

  bool operator()(const Condition& condition) const { return holds(condition, scope); }
  bool operator()(bool fixed) const { return fixed; }
  bool operator()(const Expression& expression) const {
    const auto value = expression.evaluate(scope);
    if (!value.is_bool()) expression.refuse("boolean", value);
    return value.get_bool();
  }
};

}  // namespace

bool holds(const ChoiceRule& rule, const Scope& scope) {
  return std::visit(Holds{scope}, rule.condition);
}

}  // namespace orch::asl
