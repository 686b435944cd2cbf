// Functions: calling them, making them.
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"
#include "orchestrator/jsonata/regex.h"
#include "orchestrator/jsonata/signature.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

Value make_function(std::function<Value(Arguments&)> closure, int arity,
                    const Signature* signature = nullptr) {
  auto function = std::make_unique<Function>();
  function->closure = std::move(closure);
  function->arity = arity;
  function->signature = signature;
  return Value::of(std::move(function));
}

/// What the procedure of a call is named in the text.
std::string_view name_of(const Node& procedure) {
  return procedure.kind == Kind::path ? procedure.children.front()->text : procedure.text;
}

}  // namespace

int arity_of(const Function& function) {
  if (function.native) return function.native->arity;
  if (function.lambda) return static_cast<int>(function.lambda->children.size());
  return function.arity;
}

Value Evaluator::call(const Node& node, const Value& input, const FramePtr& frame,
                      const Value* first) {
  const auto procedure = evaluate(*node.left, input, frame);
  if (!procedure.defined() && is_named_function(*node.left, frame))
    throw Problem("T1005").at(node.position).token(name_of(*node.left)).error();
  Arguments arguments;
  arguments.reserve(node.children.size() + 1);
  if (first) arguments.push_back(*first);
  for (const auto& child : node.children) arguments.push_back(evaluate(*child, input, frame));
  struct Restore {
    const FramePtr*& place;
    const FramePtr* before;
    ~Restore() { place = before; }
  } const restore{calling_, std::exchange(calling_, &frame)};
  try {
    return apply(procedure, std::move(arguments), input);
  } catch (const Error& error) {
    if (error.position && !error.token.empty()) throw;
    throw with_token(error, name_of(*node.left), node.position);
  }
}

// Somebody forgot the `$`.
bool Evaluator::is_named_function(const Node& procedure, const FramePtr& frame) const {
  if (procedure.kind != Kind::path) return false;
  const auto name = name_of(procedure);
  const auto* native = find_native(name);
  return frame->find(name) || (native && is_offered(*native));
}

Value Evaluator::apply(const Value& function, Arguments arguments, const Value& input) {
  auto result = invoke(function, arguments, input);
  // A function whose last act is a call leaves it to us.
  while (const auto* pending = result.function()) {
    if (!pending->thunk) break;
    const auto keep = result;
    const auto& next = *pending->lambda->right;
    const auto procedure = evaluate(*next.left, pending->input, pending->frame);
    Arguments given;
    for (const auto& child : next.children)
      given.push_back(evaluate(*child, pending->input, pending->frame));
    try {
      result = invoke(procedure, given, input);
    } catch (const Error& error) {
      if (error.position && !error.token.empty()) throw;
      throw with_token(error, name_of(*next.left), next.position);
    }
  }
  return result;
}

Value Evaluator::invoke(const Value& function, Arguments& arguments, const Value& input) {
  const auto* called = function.function();
  if (!called) throw Problem("T1006").error();
  if (called->native) {
    signature_of(*called->native).fit(arguments, input);
    // What the signature leaves out is undefined.
    arguments.resize(std::max(arguments.size(), signature_of(*called->native).size()));
    return called->native->implementation(*this, arguments, input);
  }
  if (called->lambda) {
    if (called->lambda->signature) called->lambda->signature->fit(arguments, input);
    return run_lambda(*called, arguments);
  }
  if (called->signature) called->signature->fit(arguments, input);
  return called->closure(arguments);
}

Value Evaluator::run_lambda(const Function& function, Arguments& arguments) {
  const auto& node = *function.lambda;
  const auto frame = FramePtr::make(frames_, function.frame);
  frame->bindings.reserve(node.children.size());
  for (std::size_t i = 0; i < node.children.size(); ++i)
    frame->bind(node.children[i]->text, i < arguments.size() ? std::move(arguments[i]) : Value());
  return evaluate(*node.right, function.input, frame);
}

Value Evaluator::call_with(const Value& function, const Value& item, Value index,
                           const Value& whole) {
  const auto* called = function.function();
  const auto arity = called ? arity_of(*called) : 1;
  Arguments arguments{item};
  if (arity >= 2) arguments.push_back(std::move(index));
  if (arity >= 3) arguments.push_back(whole);
  return apply(function, std::move(arguments), Value());
}

Value Evaluator::apply_operator(const Node& node, const Value& input, const FramePtr& frame) {
  const auto left = evaluate(*node.left, input, frame);
  if (node.right->kind == Kind::call) return call(*node.right, input, frame, &left);
  const auto function = evaluate(*node.right, input, frame);
  if (!function.is_function()) throw Problem("T2006").at(node.position).value(function).error();
  if (!left.is_function()) return apply(function, {left}, Value());
  // Both are functions: the result is the one after the other.
  return make_function(
      [this, left, function](Arguments& arguments) {
        arguments.resize(1);
        return apply(function, {apply(left, std::move(arguments), Value())}, Value());
      },
      1);
}

Value Evaluator::lambda(const Node& node, const Value& input, const FramePtr& frame) {
  auto function = std::make_unique<Function>();
  function->lambda = &node;
  function->input = input;
  function->frame = frame;
  function->thunk = node.thunk;
  return Value::of(std::move(function));
}

Value Evaluator::partial(const Node& node, const Value& input, const FramePtr& frame) {
  std::vector<std::optional<Value>> given;
  for (const auto& child : node.children) {
    if (child->kind == Kind::placeholder)
      given.emplace_back();
    else
      given.emplace_back(evaluate(*child, input, frame));
  }
  const auto procedure = evaluate(*node.left, input, frame);
  if (!procedure.defined() && is_named_function(*node.left, frame))
    throw Problem("T1007").at(node.position).token(name_of(*node.left)).error();
  if (!procedure.is_function())
    throw Problem("T1008").at(node.position).token(name_of(*node.left)).error();
  return bound(*this, procedure, std::move(given));
}

// A function of the arguments that are still missing.
Value Evaluator::bound(Evaluator& evaluator, const Value& function,
                       std::vector<std::optional<Value>> given) {
  int missing = 0;
  for (const auto& argument : given) missing += argument ? 0 : 1;
  return make_function(
      [&evaluator, function, given = std::move(given)](Arguments& arguments) {
        Arguments all;
        std::size_t next = 0;
        for (const auto& argument : given) {
          if (argument)
            all.push_back(*argument);
          else
            all.push_back(next < arguments.size() ? arguments[next++] : Value());
        }
        return evaluator.apply(function, std::move(all), Value());
      },
      missing);
}

Value Evaluator::transform(const Node& node, const FramePtr& frame) {
  static const auto signature = Signature::parse("<(oa):o>");
  return make_function(
      [this, &node, frame](Arguments& arguments) {
        return transformed(node, arguments.empty() ? Value() : arguments.front(), frame);
      },
      1, &signature);
}

// A copy in which what the pattern finds is changed.
Value Evaluator::transformed(const Node& node, const Value& input, const FramePtr& frame) {
  if (!input.defined()) return {};
  if (const auto* override = frame->find("clone"); override && !override->is_function())
    throw Problem("T2013").at(node.position).error();
  auto copy = clone(input);
  const auto matches = evaluate(*node.left, copy, frame);
  if (!matches.defined()) return copy;
  for_each_item(matches, [&](const Value& match) {
    auto* object = match.own_object();
    const auto update = evaluate(*node.right, match, frame);
    if (update.defined()) {
      if (!update.is_object())
        throw Problem("T2011").at(node.right->position).value(update).error();
      if (object) {
        for (const auto& [name, value] : update.members()) object->set(std::string(name), value);
      }
    }
    if (!node.third) return;
    const auto names = evaluate(*node.third, match, frame);
    if (!names.defined()) return;
    for_each_item(names, [&](const Value& name) {
      if (!name.is_string()) throw Problem("T2012").at(node.third->position).value(names).error();
      if (object) object->erase(name.string());
    });
  });
  return copy;
}

namespace {

Value match_object(const std::shared_ptr<const Regex>& regex, const std::string& text,
                   const Regex::Match& match, std::size_t position) {
  auto object = std::make_unique<Object>();
  const std::string_view whole(text);
  const auto units = [&](std::size_t at) {
    return static_cast<double>(count_units(whole.substr(0, at)));
  };
  object->set("match", Value::text(text.substr(match.start, match.end - match.start)));
  object->set("start", units(match.start));
  object->set("end", units(match.end));
  auto groups = new_array();
  for (const auto& group : match.groups)
    groups->items.push_back(group ? Value::text(*group) : Value());
  object->set("groups", Value::of(std::move(groups)));
  object->set(
      "next",
      make_function(
          [regex, text, end = match.end, position](Arguments&) -> Value {
            if (end >= text.size()) return {};
            const auto next = regex->find(text, end);
            if (!next) return {};
            if (next->start == next->end)
              throw Problem("D1004").at(position).value(Value::text(regex->pattern())).error();
            return match_object(regex, text, *next, position);
          },
          0));
  return Value::of(std::move(object));
}

}  // namespace

Value Evaluator::matcher(const Node& node) {
  auto function = std::make_unique<Function>();
  function->regex = node.regex;
  function->position = node.position;
  function->arity = 2;
  function->closure = [regex = node.regex,
                       position = node.position](Arguments& arguments) -> Value {
    if (arguments.empty() || !arguments.front().is_string()) return {};
    const std::string text(arguments.front().string());
    const auto match = regex->find(text, 0);
    return match ? match_object(regex, text, *match, position) : Value();
  };
  return Value::of(std::move(function));
}

}  // namespace orch::jsonata
