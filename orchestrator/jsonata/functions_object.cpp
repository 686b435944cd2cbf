// Functions of objects, of types, and the two that fail on purpose.
#include <algorithm>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"

namespace orch::jsonata::functions {
namespace {

void collect_keys(const Value& value, std::vector<std::string>& names) {
  const Nested nested;
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect_keys(value.at(i), names);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.members()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    }
  }
}

void collect_pairs(const Value& value, Values& pairs) {
  const Nested nested;
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect_pairs(value.at(i), pairs);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.members()) {
      auto pair = std::make_unique<Object>();
      pair->set(name, member);
      pairs.push_back(Value::of(std::move(pair)));
    }
  } else {
    pairs.push_back(value);
  }
}

}  // namespace

Value keys(Evaluator&, Arguments& arguments, const Value&) {
  std::vector<std::string> names;
  collect_keys(arguments[0], names);
  auto result = new_sequence();
  for (auto& name : names) result->items.push_back(Value::text(std::move(name)));
  return Value::of(std::move(result));
}

Value lookup_key(Evaluator&, Arguments& arguments, const Value&) {
  return arguments[1].defined() ? lookup(arguments[0], arguments[1].string()) : Value();
}

Value spread(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].is_array() && !arguments[0].is_object()) return arguments[0];
  // What an array is spread into stays an array, also of one.
  const bool list = arguments[0].is_array() && arguments[0].size() > 0;
  auto pairs = list ? new_array() : new_sequence();
  collect_pairs(arguments[0], pairs->items);
  return Value::of(std::move(pairs));
}

Value merge(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  auto merged = std::make_unique<Object>();
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    for (const auto& [name, member] : arguments[0].at(i).members()) merged->set(name, member);
  }
  return Value::of(std::move(merged));
}

Value sift(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].is_object()) return {};
  auto kept = std::make_unique<Object>();
  for (const auto& [name, member] : arguments[0].members()) {
    const auto verdict =
        evaluator.call_with(arguments[1], member, Value::text(std::string(name)), arguments[0]);
    if (truthy(verdict)) kept->set(name, member);
  }
  return kept->members.empty() ? Value() : Value::of(std::move(kept));
}

Value each(Evaluator& evaluator, Arguments& arguments, const Value&) {
  auto results = new_sequence();
  if (!arguments[0].is_object()) return Value::of(std::move(results));
  for (const auto& [name, member] : arguments[0].members()) {
    auto result =
        evaluator.call_with(arguments[1], member, Value::text(std::string(name)), arguments[0]);
    if (result.defined()) results->items.push_back(std::move(result));
  }
  return Value::of(std::move(results));
}

Value error(Evaluator&, Arguments& arguments, const Value&) {
  const bool given = arguments[0].is_string() && !arguments[0].string().empty();
  throw Problem("D3137")
      .message(given ? std::string(arguments[0].string()) : "$error() function evaluated")
      .error();
}

Value assert_that(Evaluator&, Arguments& arguments, const Value&) {
  if (arguments[0].is_boolean() && arguments[0].boolean()) return {};
  const bool given = arguments[1].is_string() && !arguments[1].string().empty();
  throw Problem("D3141")
      .message(given ? std::string(arguments[1].string()) : "$assert() statement failed")
      .error();
}

Value type(Evaluator&, Arguments& arguments, const Value&) {
  switch (arguments[0].type()) {
    case Type::undefined:
      return {};
    case Type::null:
      return Value::text("null");
    case Type::boolean:
      return Value::text("boolean");
    case Type::number:
      return Value::text("number");
    case Type::string:
      return Value::text("string");
    case Type::array:
      return Value::text("array");
    case Type::object:
      return Value::text("object");
    case Type::function:
      return Value::text("function");
  }
  return {};
}

Value clone_value(Evaluator&, Arguments& arguments, const Value&) {
  return arguments[0].defined() ? clone(arguments[0]) : Value();
}

Value eval(Evaluator& evaluator, Arguments& arguments, const Value& input) {
  if (!arguments[0].defined()) return {};
  return evaluator.eval(arguments[0].string(), arguments[1].defined() ? arguments[1] : input);
}

}  // namespace orch::jsonata::functions
