// Paths: a sequence of items goes from step to step.
#include <cmath>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"

namespace orch::jsonata {

/// What a step works on: the items of an array, or one value (perhaps undefined).
struct Evaluator::Stream {
  Value value;
  bool list = false;

  std::size_t size() const { return list ? value.size() : 1; }
  Value at(std::size_t index) const { return list ? value.at(index) : value; }
  bool empty() const { return list ? value.size() == 0 : !value.defined(); }
};

namespace {

/// A sequence unwrapped as the end of an evaluation does it.
Value unwrapped(std::unique_ptr<Array> sequence) {
  if (sequence->items.empty()) return {};
  if (sequence->items.size() == 1 && !sequence->keep_singleton) return sequence->items.front();
  return Value::of(std::move(sequence));
}

/// Adds an item, or the items of an array that was not written as one.
void add_flat(Values& items, Value value) {
  const auto* own = value.own_array();
  if (!value.is_array() || (own && own->cons)) {
    items.push_back(std::move(value));
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) items.push_back(value.at(i));
}

Value in_sequence(const Value& item) {
  auto sequence = new_sequence();
  sequence->items.push_back(item);
  return Value::of(std::move(sequence));
}

void flatten(const Value& value, Values& out) {
  const Nested nested;
  if (!value.is_array()) return out.push_back(value);
  for (std::size_t i = 0; i < value.size(); ++i) flatten(value.at(i), out);
}

void descend(const Value& value, Values& out) {
  const Nested nested;
  if (!value.is_array()) out.push_back(value);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) descend(value.at(i), out);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.members()) descend(member, out);
  }
}

}  // namespace

Value lookup(const Value& input, std::string_view name) {
  if (input.is_object()) return input.member(name);
  if (!input.is_array()) return {};
  const Nested nested;
  auto found = new_sequence();
  for (std::size_t i = 0; i < input.size(); ++i) {
    const auto value = lookup(input.at(i), name);
    if (!value.defined()) continue;
    for_each_item(value, [&](const Value& item) { found->items.push_back(item); });
  }
  return Value::of(std::move(found));
}

Value wildcard(const Value& input) {
  auto found = new_sequence();
  const auto add = [&](const Value& value) { flatten(value, found->items); };
  const auto* own = input.own_array();
  const auto& from = own && own->outer_wrapper && !own->items.empty() ? own->items.front() : input;
  if (from.is_array()) {
    for (std::size_t i = 0; i < from.size(); ++i) add(from.at(i));
  } else if (from.is_object()) {
    for (const auto& [name, member] : from.members()) add(member);
  }
  return Value::of(std::move(found));
}

Value descendants(const Value& input) {
  if (!input.defined()) return {};
  auto found = new_sequence();
  descend(input, found->items);
  return unwrapped(std::move(found));
}

Value Evaluator::path(const Node& node, const Value& input, const FramePtr& frame) {
  const auto& steps = node.children;
  Stream stream{input, input.is_array() && steps.front()->kind != Kind::variable};
  std::optional<Tuples> tuples;
  bool tuple_mode = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& each = *steps[i];
    tuple_mode = tuple_mode || each.tuple;
    if (i == 0 && each.cons_array) {
      const auto whole = stream.list ? stream.value : in_sequence(stream.value);
      auto constructed = evaluate(each, whole, frame);
      // What one predicate has left of the array has no items to step through.
      const bool single = constructed.defined() && !constructed.is_array() && steps.size() > 1;
      if (each.focus.empty()) stream = {single ? Value() : std::move(constructed), true};
      stream.list = stream.value.is_array();
    } else if (tuple_mode) {
      const auto items = stream.list ? stream.value : in_sequence(stream.value);
      tuples = tuple_step(each, items, std::move(tuples), frame);
      continue;
    } else {
      stream = step(each, stream, frame, i + 1 == steps.size());
    }
    if (!stream.empty()) continue;
    // An empty array stands for itself where the path ends, or as the constructor it begins with.
    if (i + 1 < steps.size() && !(i == 0 && each.cons_array)) stream = {};
    break;
  }
  if (tuple_mode && !tuples) tuples.emplace();
  if (tuples) {
    auto made = new_sequence();
    if (node.tuple && !node.group) {
      made->tuples = std::make_unique<Tuples>(std::move(*tuples));
      return Value::of(std::move(made));
    }
    for (const auto& tuple : *tuples) made->items.push_back(tuple.context);
    stream = {Value::of(std::move(made)), true};
  }
  auto result = stream.value;
  if (node.keep_singleton && result.defined()) {
    const auto* own = result.own_array();
    if (!stream.list || (own && own->cons && !own->sequence)) result = in_sequence(result);
    if (auto* sequence = result.own_array()) sequence->keep_singleton = true;
  }
  if (!node.group) return result;
  return group(node.group->pairs, node.group->position, result, tuples ? &*tuples : nullptr, frame);
}

Evaluator::Stream Evaluator::step(const Node& node, const Stream& input, const FramePtr& frame,
                                  bool last) {
  if (node.kind == Kind::sort) {
    auto result = sorted(node, input.list ? input.value : in_sequence(input.value), frame);
    for (const auto& stage : node.stages) result = filter(*stage.filter, result, frame);
    const bool list = result.is_array();
    return {std::move(result), list};
  }
  if (node.kind == Kind::name && node.stages.empty() && node.predicates.empty() && !node.group &&
      !node.keep_array)
    return named(node, input, last);
  Values results;
  for (std::size_t i = 0; i < input.size(); ++i) {
    auto result = evaluate(node, input.at(i), frame);
    for (const auto& stage : node.stages) result = filter(*stage.filter, result, frame);
    if (result.defined()) results.push_back(std::move(result));
  }
  if (last && results.size() == 1 && results[0].is_array() && !results[0].is_sequence())
    return {std::move(results[0]), true};
  auto sequence = new_sequence();
  for (auto& result : results) add_flat(sequence->items, std::move(result));
  return {Value::of(std::move(sequence)), true};
}

// The same for a plain name, which is most of what paths are made of.
Evaluator::Stream Evaluator::named(const Node& node, const Stream& input, bool last) {
  work(1);
  if (!input.list && input.value.is_object()) {
    auto value = input.value.member(node.text);
    const bool list = value.is_array();
    return {std::move(value), list};
  }
  auto sequence = new_sequence();
  std::size_t results = 0;
  Value only;
  const auto size = input.size();
  work(static_cast<std::int64_t>(size));
  for (std::size_t i = 0; i < size; ++i) {
    const auto item = input.at(i);
    auto value = item.is_object() ? item.member(node.text) : lookup(item, node.text);
    if (value.is_sequence()) {
      if (value.size() == 0) continue;
      if (value.size() == 1) value = value.at(0);
    }
    if (!value.defined()) continue;
    if (++results == 1) only = value;
    add_flat(sequence->items, std::move(value));
  }
  if (last && results == 1 && only.is_array() && !only.is_sequence())
    return {std::move(only), true};
  return {Value::of(std::move(sequence)), true};
}

Value Evaluator::filter(const Node& predicate, const Value& input, const FramePtr& frame) {
  auto* own = input.own_array();
  if (own && own->tuples) {
    auto kept = new_sequence();
    kept->tuples = std::make_unique<Tuples>(filter(predicate, *own->tuples, frame));
    return Value::of(std::move(kept));
  }
  const bool list = input.is_array();
  const auto size = list ? input.size() : 1;
  auto results = new_sequence();
  if (predicate.kind == Kind::number) {
    auto index = std::floor(predicate.literal.as_double());
    if (index < 0) index += static_cast<double>(size);
    if (index < 0 || index >= static_cast<double>(size)) return Value::of(std::move(results));
    auto item = list ? input.at(static_cast<std::size_t>(index)) : input;
    if (item.is_array()) return item;
    if (item.defined()) results->items.push_back(std::move(item));
    return Value::of(std::move(results));
  }
  for (std::size_t i = 0; i < size; ++i) {
    const auto item = list ? input.at(i) : input;
    const auto times = selected(evaluate(predicate, item, frame), i, size);
    results->items.insert(results->items.end(), times, item);
  }
  return Value::of(std::move(results));
}

// Numbers select by position, each of several for itself; everything else by being true.
std::size_t Evaluator::selected(const Value& verdict, std::size_t index, std::size_t size) {
  const auto is_here = [&](const Value& number) -> std::size_t {
    auto place = std::floor(number.number());
    if (place < 0) place += static_cast<double>(size);
    return place == static_cast<double>(index) ? 1 : 0;
  };
  if (verdict.is_number()) return is_here(verdict);
  if (!verdict.is_array() || verdict.size() == 0) return truthy(verdict) ? 1 : 0;
  for (std::size_t i = 0; i < verdict.size(); ++i) {
    if (!verdict.at(i).is_number()) return truthy(verdict) ? 1 : 0;
  }
  std::size_t times = 0;
  for (std::size_t i = 0; i < verdict.size(); ++i) times += is_here(verdict.at(i));
  return times;
}

}  // namespace orch::jsonata
