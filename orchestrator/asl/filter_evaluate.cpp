// Decides whether an item passes a filter, with Jayway's rules: a path that misses is undefined
// and equals nothing, text and numbers compare by their spelling, other mixtures are false.
#include <algorithm>
#include <compare>
#include <optional>

#include "orchestrator/asl/path_follow.h"
#include "orchestrator/asl/path_program.h"
#include "orchestrator/asl/value.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using PathPointer = std::shared_ptr<const PathProgram>;

/// A value inside a document, or one computed for this comparison; perhaps neither (undefined).
class Resolved {
 public:
  Resolved(const Operand& operand, const bj::value& item, const PathInput& input) {
    if (const auto* literal = std::get_if<bj::value>(&operand)) {
      value_ = literal;
    } else if (const auto* path = std::get_if<PathPointer>(&operand)) {
      resolve(**path, item, input);
    }
  }
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;

  const bj::value* value() const { return value_; }

 private:
  void resolve(const PathProgram& program, const bj::value& item, const PathInput& input) {
    const auto& start = program.root == PathProgram::Root::item ? item : *input.root;
    if (program.definite()) {
      Stop stop;
      value_ = follow(program, start, stop);
      return;
    }
    auto answer = run(program, start, {input.root, &item, input.budget});
    if (auto* computed = std::get_if<bj::value>(&answer)) {
      computed_ = std::move(*computed);
      value_ = &*computed_;
    }
  }

  std::optional<bj::value> computed_;
  const bj::value* value_ = nullptr;
};

bool equal_mixed(const bj::value& number, const bj::value& text) {
  const auto parsed = to_number(view(text));
  return parsed && equal(number, *parsed);
}

bool equals(const bj::value& a, const bj::value& b) {
  if (a.is_number() && b.is_string()) return equal_mixed(a, b);
  if (a.is_string() && b.is_number()) return view(a) == java_text(b);
  return equal(a, b);
}

bool same_type(const bj::value& a, const bj::value& b) {
  if (a.is_number() || b.is_number()) return a.is_number() && b.is_number();
  if (a.is_structured() && b.is_structured()) return true;
  return a.kind() == b.kind();
}

bool has(const bj::value& list, const bj::value& value) {
  return list.is_array() && std::any_of(list.get_array().begin(), list.get_array().end(),
                                        [&](const auto& item) { return equals(item, value); });
}

bool contains(const bj::value& whole, const bj::value& part) {
  if (whole.is_string() && part.is_string())
    return view(whole).find(view(part)) != std::string::npos;
  return has(whole, part);
}

/// How many of `values` are in `list`.
std::ptrdiff_t shared(const bj::value& values, const bj::value& list) {
  return std::count_if(values.get_array().begin(), values.get_array().end(),
                       [&](const auto& value) { return has(list, value); });
}

std::optional<std::size_t> length(const bj::value& value) {
  if (value.is_string()) return value.get_string().size();
  if (value.is_array()) return value.get_array().size();
  if (value.is_object()) return value.get_object().size();
  return std::nullopt;
}

std::optional<std::partial_ordering> order(const bj::value& a, const bj::value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is_string() && b.is_string()) return compare_text(view(a), view(b));
  return std::nullopt;
}

bool compare_order(FilterNode::Operator op, const bj::value& a, const bj::value& b) {
  const auto result = order(a, b);
  if (!result) return false;
  switch (op) {
    case FilterNode::Operator::less:
      return std::is_lt(*result);
    case FilterNode::Operator::less_equal:
      return std::is_lteq(*result);
    case FilterNode::Operator::greater:
      return std::is_gt(*result);
    default:
      return std::is_gteq(*result);
  }
}

bool compare_lists(FilterNode::Operator op, const bj::value& a, const bj::value& b) {
  if (!a.is_array() || !b.is_array()) return false;
  const auto size = [](const bj::value& list) {
    return static_cast<std::ptrdiff_t>(list.get_array().size());
  };
  switch (op) {
    case FilterNode::Operator::all:
      return shared(b, a) == size(b);
    case FilterNode::Operator::subset_of:
      return shared(a, b) == size(a);
    case FilterNode::Operator::any_of:
      return shared(a, b) > 0;
    default:
      return shared(a, b) == 0;
  }
}

bool compare(FilterNode::Operator op, const bj::value& a, const bj::value& b) {
  switch (op) {
    case FilterNode::Operator::equal:
      return equals(a, b);
    case FilterNode::Operator::not_equal:
      return !equals(a, b);
    case FilterNode::Operator::same:
      return same_type(a, b) && equals(a, b);
    case FilterNode::Operator::not_same:
      return !same_type(a, b) || !equals(a, b);
    case FilterNode::Operator::in:
      return has(b, a);
    case FilterNode::Operator::not_in:
      return !has(b, a);
    case FilterNode::Operator::contains:
      return contains(a, b);
    case FilterNode::Operator::size:
      return b.is_number() && length(a) && equal(bj::value(*length(a)), b);
    case FilterNode::Operator::empty:
      return b.is_bool() && length(a) && (*length(a) == 0) == b.get_bool();
    case FilterNode::Operator::less:
    case FilterNode::Operator::less_equal:
    case FilterNode::Operator::greater:
    case FilterNode::Operator::greater_equal:
      return compare_order(op, a, b);
    default:
      return compare_lists(op, a, b);
  }
}

bool matches(const Regex& regex, const bj::value* subject, std::uint64_t& budget) {
  if (subject == nullptr || subject->is_null() || subject->is_object())
    return regex.matches("", budget);
  if (!subject->is_array()) return regex.matches(java_text(*subject), budget);
  return std::any_of(
      subject->get_array().begin(), subject->get_array().end(),
      [&](const auto& item) { return item.is_string() && regex.matches(view(item), budget); });
}

bool undefined_result(FilterNode::Operator op) {
  return op == FilterNode::Operator::not_equal || op == FilterNode::Operator::not_same ||
         op == FilterNode::Operator::not_in;
}

bool compares(const FilterNode& node, const bj::value& item, const PathInput& input) {
  const Resolved left(node.left, item, input);
  const Resolved right(node.right, item, input);
  if (const auto* regex = std::get_if<Regex>(&node.right))
    return matches(*regex, left.value(), *input.budget);
  if (const auto* regex = std::get_if<Regex>(&node.left))
    return matches(*regex, right.value(), *input.budget);
  if (left.value() == nullptr || right.value() == nullptr) return undefined_result(node.op);
  return compare(node.op, *left.value(), *right.value());
}

}  // namespace

bool accepts(const FilterNode& filter, const bj::value& item, const PathInput& input) {
  const auto passes = [&](const FilterNode& node) { return accepts(node, item, input); };
  const auto& operands = filter.operands;
  switch (filter.kind) {
    case FilterNode::Kind::all_of:
      return std::all_of(operands.begin(), operands.end(), passes);
    case FilterNode::Kind::any_of:
      return std::any_of(operands.begin(), operands.end(), passes);
    case FilterNode::Kind::negation:
      return !passes(operands.front());
    case FilterNode::Kind::exists: {
      // A null is as good as nothing to the service, with and without `!`; false is something.
      const Resolved found(filter.left, item, input);
      return found.value() != nullptr && !found.value()->is_null();
    }
    case FilterNode::Kind::comparison:
      return compares(filter, item, input);
  }
  return false;
}

}  // namespace orch::asl
