// Tuple streams: paths whose steps bind variables (`@`, `#`) or are somebody's parent (`%`);
// sorting and grouping.
#include <cmath>
#include <unordered_map>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {

void Tuple::set(std::string_view name, Value value) {
  for (auto& [known, bound] : variables) {
    if (known == name) {
      bound = std::move(value);
      return;
    }
  }
  variables.emplace_back(name, std::move(value));
}

FramePtr Evaluator::frame_of(const Tuple& tuple, const FramePtr& frame) {
  auto made = FramePtr::make(frames_, frame);
  for (const auto& [name, value] : tuple.variables) made->bindings.push_back({name, value});
  return made;
}

Tuples Evaluator::tuple_step(const Node& node, const Value& items, std::optional<Tuples> before,
                             const FramePtr& frame) {
  Tuples result;
  if (node.kind == Kind::sort) {
    if (before) {
      std::vector<FramePtr> frames;
      std::vector<std::size_t> order(before->size());
      for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
        frames.push_back(frame_of((*before)[i], frame));
      }
      merge_sort(order, [&](std::size_t l, std::size_t r) {
        return comes_after(node, (*before)[l].context, frames[l], (*before)[r].context, frames[r]);
      });
      for (const auto i : order) result.push_back(std::move((*before)[i]));
    } else {
      const auto ordered = sorted(node, items, frame);
      for (std::size_t i = 0; i < ordered.size(); ++i) {
        result.push_back({ordered.at(i), {}});
        if (!node.index.empty()) result.back().set(node.index, static_cast<double>(i));
      }
    }
  } else {
    if (!before) {
      before.emplace();
      for_each_item(items, [&](const Value& item) { before->push_back({item, {}}); });
    }
    for (const auto& tuple : *before) spread(node, tuple, frame, result);
  }
  tuple_stages(node, result, frame);
  return result;
}

// The tuples that one tuple becomes in a step.
void Evaluator::spread(const Node& node, const Tuple& from, const FramePtr& frame, Tuples& out) {
  const auto found = evaluate(node, from.context, frame_of(from, frame));
  if (!found.defined()) return;
  const auto* own = found.own_array();
  if (own && own->tuples) {
    for (const auto& inner : *own->tuples) {
      auto tuple = from;
      tuple.context = inner.context;
      for (const auto& [name, value] : inner.variables) tuple.set(name, value);
      out.push_back(std::move(tuple));
    }
    return;
  }
  double position = 0;
  for_each_item(found, [&](const Value& item) {
    auto tuple = from;
    if (node.focus.empty())
      tuple.context = item;
    else
      tuple.set(node.focus, item);
    if (!node.index.empty()) tuple.set(node.index, position);
    if (node.ancestor) tuple.set(node.ancestor->label, from.context);
    out.push_back(std::move(tuple));
    ++position;
  });
}

void Evaluator::tuple_stages(const Node& node, Tuples& tuples, const FramePtr& frame) {
  for (const auto& stage : node.stages) {
    if (stage.filter) {
      tuples = filter(*stage.filter, std::move(tuples), frame);
      continue;
    }
    double position = 0;
    for (auto& tuple : tuples) tuple.set(stage.index, position++);
  }
}

Tuples Evaluator::filter(const Node& predicate, Tuples input, const FramePtr& frame) {
  Tuples kept;
  const auto size = input.size();
  for (std::size_t i = 0; i < size; ++i) {
    const auto verdict = predicate.kind == Kind::number
                             ? Value::borrow(predicate.literal)
                             : evaluate(predicate, input[i].context, frame_of(input[i], frame));
    kept.insert(kept.end(), selected(verdict, i, size), input[i]);
  }
  return kept;
}

Value Evaluator::sorted(const Node& node, const Value& input, const FramePtr& frame) {
  if (!input.is_array() || input.size() < 2) return input;
  auto result = new_array();
  for (std::size_t i = 0; i < input.size(); ++i) result->items.push_back(input.at(i));
  merge_sort(result->items,
             [&](const Value& l, const Value& r) { return comes_after(node, l, frame, r, frame); });
  return Value::of(std::move(result));
}

// Whether `a` has to come behind `b`.
bool Evaluator::comes_after(const Node& node, const Value& a, const FramePtr& a_frame,
                            const Value& b, const FramePtr& b_frame) {
  for (const auto& term : node.terms) {
    const auto left = evaluate(*term.expression, a, a_frame);
    const auto right = evaluate(*term.expression, b, b_frame);
    if (!left.defined() && !right.defined()) continue;
    if (!left.defined()) return true;
    if (!right.defined()) return false;
    const auto sortable = [](const Value& value) { return value.is_string() || value.is_number(); };
    if (!sortable(left) || !sortable(right))
      throw Problem("T2008").at(node.position).value(sortable(left) ? right : left).error();
    if (left.is_number() != right.is_number())
      throw Problem("T2007").at(node.position).value(left).second(right).error();
    const auto order = left.is_number()
                           ? left.number() <=> right.number()
                           : std::partial_ordering(compare_text(left.string(), right.string()));
    if (order == 0) continue;
    return (order > 0) != term.descending;
  }
  return false;
}

namespace {

/// The items that share a key.
struct Members {
  std::string key;
  std::size_t pair = 0;  ///< which name expression gave the key
  Values items;
  std::vector<const Tuple*> tuples;

  Value data() const {
    if (items.size() == 1) return items.front();
    auto all = new_array();
    for (const auto& item : items)
      for_each_item(item, [&](const Value& each) { all->items.push_back(each); });
    return Value::of(std::move(all));
  }
  /// All tuples as one: what they hold under a name is joined.
  Tuple joined() const {
    auto tuple = *tuples.front();
    for (std::size_t i = 1; i < tuples.size(); ++i) {
      tuple.context = append(tuple.context, tuples[i]->context);
      for (const auto& [name, value] : tuples[i]->variables) {
        Value before;
        for (const auto& [known, bound] : tuple.variables) {
          if (known == name) before = bound;
        }
        tuple.set(name, append(before, value));
      }
    }
    return tuple;
  }
};

class Groups {
 public:
  Members& find(std::string_view key, std::size_t pair, std::size_t position) {
    const auto [place, added] = places_.try_emplace(std::string(key), groups_.size());
    if (added) groups_.push_back({std::string(key), pair, {}, {}});
    auto& group = groups_[place->second];
    if (group.pair != pair)
      throw Problem("D1009").at(position).value(Value::text(std::string(key))).error();
    return group;
  }
  const std::vector<Members>& all() const { return groups_; }

 private:
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Members> groups_;
};

}  // namespace

// An object of the groups of items that share a key. An object constructor is a group of one.
Value Evaluator::group(const std::vector<std::pair<NodePtr, NodePtr>>& pairs, std::size_t position,
                       const Value& input, const Tuples* tuples, const FramePtr& frame) {
  const auto* own = input.own_array();
  if (!tuples && own && own->tuples) tuples = own->tuples.get();
  Groups groups;
  const auto add = [&](const Value& item, const Tuple* tuple) {
    const auto scope = tuple ? frame_of(*tuple, frame) : frame;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto key = evaluate(*pairs[i].first, item, scope);
      if (!key.defined()) continue;
      if (!key.is_string()) throw Problem("T1003").at(position).value(key).error();
      // The reference marks its functions with members of these names.
      if (key.string() == "_jsonata_lambda" || key.string() == "_jsonata_function")
        throw Problem("D1013").at(position).value(key).error();
      auto& members = groups.find(key.string(), i, position);
      members.items.push_back(item);
      if (tuple) members.tuples.push_back(tuple);
    }
  };
  if (tuples) {
    for (const auto& tuple : *tuples) add(tuple.context, &tuple);
  } else if (!input.is_array() || input.size() == 0) {
    add(input.is_array() ? Value() : input, nullptr);
  } else {
    for (std::size_t i = 0; i < input.size(); ++i) add(input.at(i), nullptr);
  }
  auto result = std::make_unique<Object>();
  for (const auto& members : groups.all()) {
    Value value;
    if (tuples) {
      const auto tuple = members.joined();
      value = evaluate(*pairs[members.pair].second, tuple.context, frame_of(tuple, frame));
    } else {
      value = evaluate(*pairs[members.pair].second, members.data(), frame);
    }
    if (value.defined()) result->set(members.key, std::move(value));
  }
  return Value::of(std::move(result));
}

}  // namespace orch::jsonata
