// Walks the tree of an expression. Internal to the module; lives for one evaluation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "orchestrator/jsonata/ast.h"
#include "orchestrator/jsonata/function.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::jsonata {

/// An expression and what has to live as long as its tree.
struct Program {
  std::string text;
  NodePtr tree;
  std::set<std::string> variables;
  Options options;
};

class Evaluator {
 public:
  Evaluator(const Program& program, const Environment& environment)
      : environment_(environment), options_(program.options) {}

  /// The value of the whole expression.
  Value run(const Program& program, const boost::json::value* input, const Bindings& bindings);

  // What functions of the language need (functions_*.cpp).
  Value apply(const Value& function, Arguments arguments, const Value& input);
  /// As many of item, index and whole as the function takes.
  Value call_with(const Value& function, const Value& item, Value index, const Value& whole);
  Value eval(std::string_view text, const Value& input);
  const Environment& environment() const { return environment_; }
  std::uint64_t random();
  /// Counts work that no node stands for. Throws Error D1012.
  void work(std::int64_t steps);

 private:
  class Depth;
  using Sequence = std::unique_ptr<Array>;

  // evaluate.cpp
  Value evaluate(const Node& node, const Value& input, const FramePtr& frame);
  Value bare(const Node& node, const Value& input, const FramePtr& frame);
  Value variable(const Node& node, const Value& input, const FramePtr& frame);
  Value binary(const Node& node, const Value& input, const FramePtr& frame);
  Value logical(const Node& node, const Value& left, const Value& input, const FramePtr& frame);
  Value negation(const Node& node, const Value& input, const FramePtr& frame);
  Value array(const Node& node, const Value& input, const FramePtr& frame);
  Value block(const Node& node, const Value& input, const FramePtr& frame);
  Value condition(const Node& node, const Value& input, const FramePtr& frame);
  Value parent(const Node& node, const FramePtr& frame);
  Value range(const Node& node, const Value& left, const Value& right);
  bool is_offered(const Native& native) const;
  Value group(const std::vector<std::pair<NodePtr, NodePtr>>& pairs, std::size_t position,
              const Value& input, const Tuples* tuples, const FramePtr& frame);

  // path.cpp
  struct Stream;
  Value path(const Node& node, const Value& input, const FramePtr& frame);
  Stream step(const Node& node, const Stream& input, const FramePtr& frame, bool last);
  Stream named(const Node& node, const Stream& input, bool last);
  Value filter(const Node& predicate, const Value& input, const FramePtr& frame);
  /// How many times the predicate's value selects the item.
  static std::size_t selected(const Value& verdict, std::size_t index, std::size_t size);

  // tuples.cpp
  Tuples tuple_step(const Node& node, const Value& items, std::optional<Tuples> before,
                    const FramePtr& frame);
  void spread(const Node& node, const Tuple& from, const FramePtr& frame, Tuples& out);
  Tuples filter(const Node& predicate, Tuples input, const FramePtr& frame);
  void tuple_stages(const Node& node, Tuples& tuples, const FramePtr& frame);
  FramePtr frame_of(const Tuple& tuple, const FramePtr& frame);
  Value sorted(const Node& node, const Value& input, const FramePtr& frame);
  bool comes_after(const Node& node, const Value& a, const FramePtr& a_frame, const Value& b,
                   const FramePtr& b_frame);

  // call.cpp
  Value call(const Node& node, const Value& input, const FramePtr& frame, const Value* first);
  Value apply_operator(const Node& node, const Value& input, const FramePtr& frame);
  Value partial(const Node& node, const Value& input, const FramePtr& frame);
  Value lambda(const Node& node, const Value& input, const FramePtr& frame);
  Value transform(const Node& node, const FramePtr& frame);
  Value transformed(const Node& node, const Value& input, const FramePtr& frame);
  Value matcher(const Node& node);
  Value invoke(const Value& function, Arguments& arguments, const Value& input);
  Value invoke_as_called(const Value& function, Arguments& arguments, const Value& input);
  const Value& native_function(const Native& native);
  Value run_lambda(const Function& function, Arguments& arguments);
  static Value bound(Evaluator& evaluator, const Value& function,
                     std::vector<std::optional<Value>> given);
  bool is_named_function(const Node& procedure, const FramePtr& frame) const;

  FrameList frames_;  ///< first in, last out: everything else may hold frames
  const Environment& environment_;
  Options options_;
  int depth_ = 0;
  const char* stack_ = nullptr;  ///< where the evaluation began
  std::int64_t steps_ = 0;
  std::uint64_t randoms_ = 0;
  std::vector<std::unique_ptr<Program>> evaluated_;  ///< by $eval()
  const FramePtr* calling_ = nullptr;                ///< scope of the call that is being made
  std::vector<Value> natives_;                       ///< the functions of the language used so far
};

/// Concatenation of what may be arrays; an undefined side gives the other.
Value append(const Value& left, const Value& right);
/// Calls `visit` with every item of an array, or with the value itself.
template <class Visit>
void for_each_item(const Value& value, Visit visit) {
  if (!value.is_array()) return visit(value);
  for (std::size_t i = 0; i < value.size(); ++i) visit(value.at(i));
}
/// `input.name`, through arrays.
Value lookup(const Value& input, std::string_view name);
/// `input.*`
Value wildcard(const Value& input);
/// `input.**`
Value descendants(const Value& input);

/// Sorted by merging, stable; `swapped(l, r)` tells whether l has to come behind r. Safe for
/// comparisons that contradict themselves.
template <class Items, class Swapped>
void merge_sort(Items& items, const Swapped& swapped) {
  if (items.size() < 2) return;
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
  Items left(std::make_move_iterator(items.begin()), std::make_move_iterator(middle));
  Items right(std::make_move_iterator(middle), std::make_move_iterator(items.end()));
  merge_sort(left, swapped);
  merge_sort(right, swapped);
  auto l = left.begin();
  auto r = right.begin();
  for (auto& place : items) {
    const bool take_right =
        l == left.end() || (r != right.end() && swapped(std::as_const(*l), std::as_const(*r)));
    place = std::move(take_right ? *r++ : *l++);
  }
}

}  // namespace orch::jsonata
