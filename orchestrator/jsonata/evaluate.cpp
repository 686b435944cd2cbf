// Everything but paths and calls.
#include <cmath>

#include "orchestrator/base/time_slice.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/parser.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

// Of the thread's stack. Most have 8 MiB; sanitizers make frames several times as large.
constexpr std::ptrdiff_t most_stack = 4 << 20;
constexpr std::int64_t between_looks = 4'096;
constexpr double longest_range = 1e7;

bool is_number(const Value& value) {
  if (!value.is_number() || std::isnan(value.number())) return false;
  if (!std::isfinite(value.number())) throw Problem("D1001").value(value).error();
  return true;
}

Value arithmetic(const Node& node, const Value& left, const Value& right) {
  if (left.defined() && !is_number(left))
    throw Problem("T2001").at(node.position).token(node.text).value(left).error();
  if (right.defined() && !is_number(right))
    throw Problem("T2002").at(node.position).token(node.text).value(right).error();
  if (!left.defined() || !right.defined()) return {};
  const auto a = left.number();
  const auto b = right.number();
  switch (node.op) {
    case Operator::add:
      return a + b;
    case Operator::subtract:
      return a - b;
    case Operator::multiply:
      return a * b;
    case Operator::divide:
      return a / b;
    default:
      return std::fmod(a, b);
  }
}

Value equality(const Node& node, const Value& left, const Value& right) {
  if (!left.defined() || !right.defined()) return Value(false);
  return Value(equal(left, right) == (node.op == Operator::equal));
}

Value comparison(const Node& node, const Value& left, const Value& right) {
  const auto comparable = [](const Value& value) {
    return !value.defined() || value.is_number() || value.is_string();
  };
  if (!comparable(left) || !comparable(right))
    throw Problem("T2010")
        .at(node.position)
        .token(node.text)
        .value(comparable(left) ? right : left)
        .error();
  if (!left.defined() || !right.defined()) return {};
  if (left.is_number() != right.is_number())
    throw Problem("T2009").at(node.position).token(node.text).value(left).second(right).error();
  const auto order = left.is_number()
                         ? left.number() <=> right.number()
                         : std::partial_ordering(compare_text(left.string(), right.string()));
  switch (node.op) {
    case Operator::less:
      return Value(order < 0);
    case Operator::less_equal:
      return Value(order <= 0);
    case Operator::greater:
      return Value(order > 0);
    default:
      return Value(order >= 0);
  }
}

/// JavaScript's ===: arrays and objects are only the same as themselves.
bool identical(const Value& a, const Value& b) {
  return a.is_array() || a.is_object() ? a.same_place(b) : equal(a, b);
}

Value included(const Value& left, const Value& right) {
  if (!left.defined() || !right.defined()) return Value(false);
  bool found = false;
  for_each_item(right, [&](const Value& item) { found = found || identical(left, item); });
  return Value(found);
}

std::string text_of(const Node& node, const Value& value) {
  if (!value.defined() || value.is_function()) return {};
  if (value.is_number() && !std::isfinite(value.number()))
    throw Problem("D3001").at(node.position).token(node.text).value(value).error();
  return value.is_string() ? std::string(value.string()) : stringify(value);
}

Value concatenation(const Node& node, const Value& left, const Value& right) {
  auto text = text_of(node, left);
  if (right.is_string())
    append_text(text, right.string());
  else
    append_text(text, text_of(node, right));
  return Value::text(std::move(text));
}

}  // namespace

Value append(const Value& left, const Value& right) {
  if (!left.defined()) return right;
  if (!right.defined()) return left;
  auto both = new_array();
  const auto count = [](const Value& side) { return side.is_array() ? side.size() : 1; };
  both->items.reserve(count(left) + count(right));
  const auto add = [&](const Value& item) { both->items.push_back(item); };
  for_each_item(left, add);
  for_each_item(right, add);
  return Value::of(std::move(both));
}

void Evaluator::work(std::int64_t steps) {
  const auto before = steps_;
  steps_ += steps;
  if (environment_.limits.steps > 0 && steps_ > environment_.limits.steps)
    throw Problem("D1012").error();
  if (before / between_looks == steps_ / between_looks) return;
  TimeSlice::look();
  if (environment_.limits.expired && environment_.limits.expired()) throw Problem("D1012").error();
}

/// Counts the nesting of evaluations, and looks how much of the stack is left.
class Evaluator::Depth {
 public:
  explicit Depth(Evaluator& evaluator) : evaluator_(evaluator) {
    const char here = 0;
    const auto used = evaluator.stack_ - &here;
    const auto limit = evaluator.environment_.limits.depth;
    ++evaluator_.depth_;
    if ((limit > 0 && evaluator_.depth_ > limit) || used > most_stack || -used > most_stack) {
      --evaluator_.depth_;
      throw Problem("D1011").error();
    }
  }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  ~Depth() { --evaluator_.depth_; }

 private:
  Evaluator& evaluator_;
};

Value Evaluator::run(const Program& program, const boost::json::value* input,
                     const Bindings& bindings) {
  const char here = 0;
  stack_ = &here;
  auto root = input ? Value::borrow(*input) : Value();
  if (root.is_array()) {
    auto wrapped = new_sequence();
    wrapped->outer_wrapper = true;
    wrapped->items.push_back(root);
    root = Value::of(std::move(wrapped));
  }
  const auto frame = FramePtr::make(frames_, FramePtr());
  for (const auto& [name, value] : bindings) frame->bind(name, Value::borrow(*value));
  for (const auto& [name, members] : environment_.objects) {
    auto object = std::make_unique<Object>();
    for (const auto& [member, value] : members) object->set(member, Value::borrow(*value));
    frame->bind(name, Value::of(std::move(object)));
  }
  frame->bind("$", root);
  Memory::start_counting();
  return evaluate(*program.tree, root, frame);
}

Value Evaluator::evaluate(const Node& node, const Value& input, const FramePtr& frame) {
  const Depth depth(*this);
  work(1);
  auto result = bare(node, input, frame);
  for (const auto& predicate : node.predicates) result = filter(*predicate.filter, result, frame);
  if (node.group && node.kind != Kind::path)
    result = group(node.group->pairs, node.group->position, result, nullptr, frame);
  auto* own = result.own_array();
  if (!own || !own->sequence || own->tuples) return result;
  if (node.keep_array) own->keep_singleton = true;
  if (own->items.empty()) return {};
  if (own->items.size() == 1 && !own->keep_singleton) return own->items.front();
  return result;
}

Value Evaluator::bare(const Node& node, const Value& input, const FramePtr& frame) {
  switch (node.kind) {
    case Kind::path:
      return path(node, input, frame);
    case Kind::name:
      return lookup(input, node.text);
    case Kind::string:
    case Kind::number:
    case Kind::constant:
      return Value::borrow(node.literal);
    case Kind::variable:
      return variable(node, input, frame);
    case Kind::binary:
      return binary(node, input, frame);
    case Kind::negation:
      return negation(node, input, frame);
    case Kind::array:
      return array(node, input, frame);
    case Kind::object:
      return group(node.pairs, node.position, input, nullptr, frame);
    case Kind::block:
      return block(node, input, frame);
    case Kind::condition:
      return condition(node, input, frame);
    case Kind::bind: {
      auto value = evaluate(*node.right, input, frame);
      frame->bind(node.left->text, value);
      return value;
    }
    case Kind::call:
      return call(node, input, frame, nullptr);
    case Kind::apply:
      return apply_operator(node, input, frame);
    case Kind::partial:
      return partial(node, input, frame);
    case Kind::lambda:
      return lambda(node, input, frame);
    case Kind::transform:
      return transform(node, frame);
    case Kind::regex:
      return matcher(node);
    case Kind::wildcard:
      return wildcard(input);
    case Kind::descendant:
      return descendants(input);
    case Kind::parent:
      return parent(node, frame);
    default:
      throw Problem("S0206").at(node.position).token(node.text).error();
  }
}

Value Evaluator::variable(const Node& node, const Value& input, const FramePtr& frame) {
  if (node.text.empty()) {
    const auto* own = input.own_array();
    return own && own->outer_wrapper && !own->items.empty() ? own->items.front() : input;
  }
  if (const auto* bound = frame->find(node.text)) return *bound;
  return node.native && is_offered(*node.native) ? native_function(*node.native) : Value();
}

// One function for all who use it: where it was last called belongs to it.
const Value& Evaluator::native_function(const Native& native) {
  if (natives_.empty()) natives_.resize(native_count());
  auto& known = natives_[native_index(native)];
  if (!known.defined()) {
    auto function = std::make_unique<Function>();
    function->native = &native;
    known = Value::of(std::move(function));
  }
  return known;
}

Value Evaluator::parent(const Node& node, const FramePtr& frame) {
  const auto* bound = frame->find(node.slot->label);
  return bound ? *bound : Value();
}

Value Evaluator::binary(const Node& node, const Value& input, const FramePtr& frame) {
  const auto left = evaluate(*node.left, input, frame);
  if (node.op == Operator::logical_and || node.op == Operator::logical_or)
    return logical(node, left, input, frame);
  const auto right = evaluate(*node.right, input, frame);
  switch (node.op) {
    case Operator::equal:
    case Operator::not_equal:
      return equality(node, left, right);
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      return comparison(node, left, right);
    case Operator::in:
      return included(left, right);
    case Operator::concatenate:
      return concatenation(node, left, right);
    case Operator::range:
      return range(node, left, right);
    default:
      return arithmetic(node, left, right);
  }
}

// Whatever goes wrong on the right side is said of the operator.
Value Evaluator::logical(const Node& node, const Value& left, const Value& input,
                         const FramePtr& frame) {
  const bool decides = node.op == Operator::logical_or;
  try {
    if (truthy(left) == decides) return Value(decides);
    return Value(truthy(evaluate(*node.right, input, frame)));
  } catch (Raised& raised) {
    throw Raised(raised.problem.at(node.position).token(node.text));
  }
}

Value Evaluator::range(const Node& node, const Value& left, const Value& right) {
  if (left.defined() && !(left.is_number() && is_integer(left.number())))
    throw Problem("T2003").at(node.position).token(node.text).value(left).error();
  if (right.defined() && !(right.is_number() && is_integer(right.number())))
    throw Problem("T2004").at(node.position).token(node.text).value(right).error();
  if (!left.defined() || !right.defined() || left.number() > right.number()) return {};
  const auto size = right.number() - left.number() + 1;
  if (size > longest_range)
    throw Problem("D2014").at(node.position).token(node.text).value(Value(size)).error();
  work(static_cast<std::int64_t>(size) / 16);
  auto sequence = new_sequence();
  sequence->items.reserve(static_cast<std::size_t>(size));
  for (auto number = left.number(); number <= right.number(); ++number)
    sequence->items.emplace_back(number);
  return Value::of(std::move(sequence));
}

Value Evaluator::negation(const Node& node, const Value& input, const FramePtr& frame) {
  const auto operand = evaluate(*node.left, input, frame);
  if (!operand.defined()) return {};
  if (!is_number(operand))
    throw Problem("D1002").at(node.position).token(node.text).value(operand).error();
  return -operand.number();
}

Value Evaluator::array(const Node& node, const Value& input, const FramePtr& frame) {
  auto made = new_array();
  for (const auto& child : node.children) {
    auto value = evaluate(*child, input, frame);
    if (!value.defined()) continue;
    auto* own = value.own_array();
    if (child->kind == Kind::array || !value.is_array()) {
      made->items.push_back(std::move(value));
    } else if (own && own->count == 1 && made->items.empty()) {
      made->items.swap(own->items);  // held by nothing else: a large range is not kept twice
    } else {
      made->items.reserve(made->items.size() + value.size());
      for (std::size_t i = 0; i < value.size(); ++i) made->items.push_back(value.at(i));
    }
  }
  made->cons = node.cons_array;
  return Value::of(std::move(made));
}

Value Evaluator::block(const Node& node, const Value& input, const FramePtr& frame) {
  const auto inner = FramePtr::make(frames_, frame);
  Value result;
  for (const auto& statement : node.children) result = evaluate(*statement, input, inner);
  return result;
}

Value Evaluator::condition(const Node& node, const Value& input, const FramePtr& frame) {
  auto decisive = evaluate(*node.left, input, frame);
  if (!node.right) {  // `??` and `?:`
    const bool taken = node.op == Operator::in ? decisive.defined() : truthy(decisive);
    return taken ? decisive : evaluate(*node.third, input, frame);
  }
  if (truthy(decisive)) return evaluate(*node.right, input, frame);
  return node.third ? evaluate(*node.third, input, frame) : Value();
}

std::uint64_t Evaluator::random() {
  // SplitMix64 over a counter: the same seed gives the same numbers.
  auto z = environment_.seed + ++randoms_ * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

bool Evaluator::is_offered(const Native& native) const {
  return native.offered == Native::Offered::always ||
         (native.offered == Native::Offered::step_functions) == options_.step_functions;
}

Value Evaluator::eval(std::string_view text, const Value& input) {
  auto program = std::make_unique<Program>();
  try {
    program->tree = prepare(parse_text(text));
  } catch (const Error& error) {
    throw Problem("D3120").value(Value::text(error.what())).error();
  }
  evaluated_.push_back(std::move(program));
  auto root = input;
  if (root.is_array() && !root.is_sequence()) {
    auto wrapped = new_sequence();
    wrapped->outer_wrapper = true;
    wrapped->items.push_back(root);
    root = Value::of(std::move(wrapped));
  }
  try {
    return evaluate(*evaluated_.back()->tree, root, *calling_);
  } catch (const Error& error) {
    throw Problem("D3121").value(Value::text(error.what())).error();
  }
}

}  // namespace orch::jsonata
