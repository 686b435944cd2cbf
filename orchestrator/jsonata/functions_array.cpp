// Functions of arrays, and those that call other functions.
#include <algorithm>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata::functions {
namespace {

template <class Test>
bool all_are(const Value& array, Test test) {
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (!test(array.at(i))) return false;
  }
  return true;
}

std::unique_ptr<Array> copy_of(const Value& array) {
  auto copy = new_array();
  copy->items.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) copy->items.push_back(array.at(i));
  return copy;
}

}  // namespace

Value count(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return 0.0;
  return static_cast<double>(arguments[0].size());
}

Value append_arrays(Evaluator& evaluator, Arguments& arguments, const Value&) {
  for (const auto& argument : arguments)
    evaluator.work(argument.is_array() ? static_cast<std::int64_t>(argument.size() / 16) : 1);
  return append(arguments[0], arguments[1]);
}

Value boolean(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return Value(truthy(arguments[0]));
}

Value negate(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return Value(!truthy(arguments[0]));
}

Value exists(Evaluator&, Arguments& arguments, const Value&) {
  return Value(arguments[0].defined());
}

Value sort(Evaluator& evaluator, Arguments& arguments, const Value&) {
  const auto& array = arguments[0];
  if (!array.defined() || array.size() < 2) return array;
  auto sorted = copy_of(array);
  if (arguments[1].defined()) {
    merge_sort(sorted->items, [&](const Value& l, const Value& r) {
      return truthy(evaluator.apply(arguments[1], {l, r}, Value()));
    });
    return Value::of(std::move(sorted));
  }
  if (all_are(array, [](const Value& value) { return value.is_number(); })) {
    std::stable_sort(sorted->items.begin(), sorted->items.end(),
                     [](const Value& a, const Value& b) { return a.number() < b.number(); });
  } else if (all_are(array, [](const Value& value) { return value.is_string(); })) {
    std::stable_sort(
        sorted->items.begin(), sorted->items.end(),
        [](const Value& a, const Value& b) { return compare_text(a.string(), b.string()) < 0; });
  } else {
    throw Problem("D3070").index(1).error();
  }
  return Value::of(std::move(sorted));
}

Value reverse(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || arguments[0].size() < 2) return arguments[0];
  auto reversed = copy_of(arguments[0]);
  std::reverse(reversed->items.begin(), reversed->items.end());
  return Value::of(std::move(reversed));
}

Value shuffle(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || arguments[0].size() < 2) return arguments[0];
  auto shuffled = copy_of(arguments[0]);
  for (auto left = shuffled->items.size(); left > 1; --left)
    std::swap(shuffled->items[left - 1], shuffled->items[evaluator.random() % left]);
  return Value::of(std::move(shuffled));
}

Value distinct(Evaluator& evaluator, Arguments& arguments, const Value&) {
  const auto& array = arguments[0];
  if (!array.is_array() || array.size() < 2) return array;
  auto kept = array.is_sequence() ? new_sequence() : new_array();
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto item = array.at(i);
    evaluator.work(static_cast<std::int64_t>(kept->items.size() / 16 + 1));
    const bool known = std::any_of(kept->items.begin(), kept->items.end(),
                                   [&](const Value& other) { return equal(item, other); });
    if (!known) kept->items.push_back(item);
  }
  return Value::of(std::move(kept));
}

Value zip(Evaluator&, Arguments& arguments, const Value&) {
  auto rows = new_array();
  std::optional<std::size_t> shortest;
  std::vector<const Value*> columns;
  for (const auto& argument : arguments) {
    columns.push_back(&argument);
    const auto size = argument.is_array() ? argument.size() : 0;  // undefined: no row at all
    shortest = std::min(shortest.value_or(size), size);
  }
  for (std::size_t i = 0; i < shortest.value_or(0); ++i) {
    auto row = new_array();
    for (const auto* column : columns) row->items.push_back(column->at(i));
    rows->items.push_back(Value::of(std::move(row)));
  }
  return Value::of(std::move(rows));
}

Value map(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  auto results = new_sequence();
  const auto size = arguments[0].size();
  for (std::size_t i = 0; i < size; ++i) {
    auto result =
        evaluator.call_with(arguments[1], arguments[0].at(i), static_cast<double>(i), arguments[0]);
    if (result.defined()) results->items.push_back(std::move(result));
  }
  return Value::of(std::move(results));
}

Value filter(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  auto kept = new_sequence();
  const auto size = arguments[0].size();
  for (std::size_t i = 0; i < size; ++i) {
    const auto item = arguments[0].at(i);
    if (truthy(evaluator.call_with(arguments[1], item, static_cast<double>(i), arguments[0])))
      kept->items.push_back(item);
  }
  return Value::of(std::move(kept));
}

Value single(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  std::optional<Value> found;
  const auto size = arguments[0].size();
  for (std::size_t i = 0; i < size; ++i) {
    const auto item = arguments[0].at(i);
    const bool matches =
        !arguments[1].defined() ||
        truthy(evaluator.call_with(arguments[1], item, static_cast<double>(i), arguments[0]));
    if (!matches) continue;
    if (found) throw Problem("D3138").index(static_cast<std::int64_t>(i)).error();
    found = item;
  }
  if (!found) throw Problem("D3139").error();
  return *found;
}

Value reduce(Evaluator& evaluator, Arguments& arguments, const Value&) {
  const auto& items = arguments[0];
  if (!items.defined()) return {};
  const auto arity = arguments[1].is_function() ? arity_of(*arguments[1].function()) : 0;
  if (arity < 2) throw Problem("D3050").index(1).error();
  const bool from_first = !arguments[2].defined() && items.size() > 0;
  auto result = from_first ? items.at(0) : arguments[2];
  const auto size = items.size();
  for (std::size_t i = from_first ? 1 : 0; i < size; ++i) {
    Arguments given{result, items.at(i)};
    if (arity >= 3) given.push_back(static_cast<double>(i));
    if (arity >= 4) given.push_back(items);
    result = evaluator.apply(arguments[1], std::move(given), Value());
  }
  return result;
}

}  // namespace orch::jsonata::functions
