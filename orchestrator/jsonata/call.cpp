// Functions: calling them, making them.
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"
#include "orchestrator/jsonata/number.h"
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

/// What the procedure of a call is named in the text; nothing when it is an expression.
std::optional<std::string_view> name_of(const Node& procedure) {
  switch (procedure.kind) {
    case Kind::path:
      return name_of(*procedure.children.front());
    case Kind::block:
    case Kind::condition:
    case Kind::lambda:
    case Kind::sort:
    case Kind::transform:
      return std::nullopt;
    default:
      return procedure.text;
  }
}

/// Says of the problem what a call knows: its name, unless another is known.
Problem& name(Problem& problem, const Node& procedure) {
  if (problem.has_token()) return problem;
  if (procedure.kind == Kind::number || procedure.kind == Kind::constant)
    return problem.token_value(procedure.literal);
  const auto name = name_of(procedure);
  return name ? problem.token(*name) : problem;
}

Raised of_procedure(Problem problem, const Node& procedure) {
  return Raised(name(problem, procedure));
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
    throw of_procedure(Problem("T1005").at(node.position), *node.left);
  Arguments arguments;
  arguments.reserve(node.children.size() + 1);
  if (first) arguments.push_back(*first);
  for (const auto& child : node.children) arguments.push_back(evaluate(*child, input, frame));
  struct Restore {
    const FramePtr*& place;
    const FramePtr* before;
    ~Restore() { place = before; }
  } const restore{calling_, std::exchange(calling_, &frame)};
  auto* called = procedure.function();
  if (called && !called->regex) {
    called->called_at = node.position;
    called->called_as = name_of(*node.left);
  }
  try {
    return apply(procedure, std::move(arguments), input);
  } catch (Raised& raised) {
    auto& problem = name(raised.problem, *node.left);
    throw Raised(problem.has_place() ? problem : problem.at(node.position));
  }
}

// Somebody forgot the `$`.
bool Evaluator::is_named_function(const Node& procedure, const FramePtr& frame) const {
  if (procedure.kind != Kind::path) return false;
  const auto name = name_of(procedure);
  if (!name) return false;
  const auto* native = find_native(*name);
  return frame->find(*name) || (native && is_offered(*native));
}

Value Evaluator::apply(const Value& function, Arguments arguments, const Value& input) {
  auto result = invoke_as_called(function, arguments, input);
  // A function whose last act is a call leaves it to us.
  while (const auto* pending = result.function()) {
    if (!pending->thunk) break;
    const auto keep = result;
    const auto& next = *pending->lambda->right;
    const auto procedure = evaluate(*next.left, pending->input, pending->frame);
    Arguments given;
    for (const auto& child : next.children)
      given.push_back(evaluate(*child, pending->input, pending->frame));
    auto* called = procedure.function();
    if (!called) throw of_procedure(Problem("T1006").at(next.position), *next.left);
    if (next.left->kind == Kind::variable) called->called_as = next.left->text;
    called->called_at = next.left->position;
    result = invoke_as_called(procedure, given, input);
  }
  return result;
}

// An error inside stands where the function was called.
Value Evaluator::invoke_as_called(const Value& function, Arguments& arguments, const Value& input) {
  try {
    return invoke(function, arguments, input);
  } catch (Raised& raised) {
    const auto* called = function.function();
    if (!called || (called->called_at == 0 && !called->called_as)) throw;
    auto& problem = raised.problem;
    if (!problem.has_token() && called->called_as) problem.token(*called->called_as);
    if (called->called_at > 0) problem.at(called->called_at);
    throw Raised(problem);
  }
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
    throw of_procedure(Problem("T1007").at(node.position), *node.left);
  if (!procedure.is_function()) throw of_procedure(Problem("T1008").at(node.position), *node.left);
  // One of the language has as many arguments as it declares, given or not.
  if (const auto* native = procedure.function()->native; native && native->arity > 0) {
    const auto declared = static_cast<std::size_t>(native->arity);
    while (given.size() < declared) given.emplace_back(Value());
    given.erase(given.begin() + static_cast<std::ptrdiff_t>(declared), given.end());
  }
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
  const auto* override = frame->find("clone");
  if (override && !override->is_function()) throw Problem("T2013").at(node.position).error();
  // Whatever makes the copy, only what is our own can be changed.
  auto copy = clone(override ? apply(*override, {input}, Value()) : input);
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
                   const Regex::Match& match) {
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
  object->set("next", make_function(
                          [regex, text, end = match.end](Arguments&) -> Value {
                            if (end >= text.size()) return {};
                            const auto next = regex->find(text, end);
                            if (!next) return {};
                            if (next->start == next->end)
                              throw Problem("D1004").value(Value::text(regex->pattern())).error();
                            return match_object(regex, text, *next);
                          },
                          0));
  return Value::of(std::move(object));
}

/// What a pattern is tried on: JavaScript makes text of numbers and constants.
std::optional<std::string> subject_text(const Value& value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_number()) return number_text(value.number());
  if (value.is_boolean() || value.is_null()) return stringify(value);
  return std::nullopt;
}

}  // namespace

Value Evaluator::matcher(const Node& node) {
  auto function = std::make_unique<Function>();
  function->regex = node.regex;
  function->arity = 2;
  function->closure = [regex = node.regex](Arguments& arguments) -> Value {
    const auto subject = arguments.empty() ? std::nullopt : subject_text(arguments.front());
    if (!subject) return {};
    const auto& text = *subject;
    // A second argument says where to begin. A regular expression that is passed to $filter()
    // gets the index there, as in the reference.
    const bool later = arguments.size() > 1 && arguments[1].is_number();
    const auto start = later ? arguments[1].number() : 0;
    if (start > static_cast<double>(count_units(text))) return {};
    const auto match = regex->find(text, offset_of_unit(text, start));
    return match ? match_object(regex, text, *match) : Value();
  };
  return Value::of(std::move(function));
}

}  // namespace orch::jsonata
