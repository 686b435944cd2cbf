// The tree of an expression, as the evaluator walks it. Internal to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::jsonata {

struct Native;
class Signature;
class Regex;

struct Node;
using NodePtr = std::unique_ptr<Node>;

enum class Kind : std::uint8_t {
  name,  ///< a member's name; after preparation only as a step of a path
  string,
  number,
  constant,  ///< true, false, null
  regex,
  variable,  ///< `$x`; empty text: `$`; "$": `$$`
  wildcard,
  descendant,
  parent,
  placeholder,  ///< `?` among the arguments of a partial application
  path,
  binary,  ///< arithmetic, comparison, `and`, `or`, `in`, `&`, `..`
  negation,
  array,
  object,
  block,
  condition,
  bind,   ///< `:=`
  apply,  ///< `~>`
  call,
  partial,
  lambda,
  transform,
  sort,  ///< a step
  // Before preparation only:
  dot,
  predicate,
  group,
  order_by,
  focus,     ///< `@$v`
  position,  ///< `#$i`
  end        ///< the end of the text, where an expression was expected
};

enum class Operator : std::uint8_t {
  none,
  add,
  subtract,
  multiply,
  divide,
  remainder,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  in,
  concatenate,
  range
};

/// Which enclosing step a `%` means: the step stores the context under the label.
struct Slot {
  std::string label;
  int level = 1;
  std::size_t index = 0;  ///< into the list of all parents
};
using SlotPtr = std::shared_ptr<Slot>;

/// A predicate or a position binding that follows a step.
struct Stage {
  NodePtr filter;  ///< null: `index` binds the position
  std::string index;
  std::size_t position = 0;
};

struct Group {
  std::vector<std::pair<NodePtr, NodePtr>> pairs;
  std::size_t position = 0;
};

struct SortTerm {
  bool descending = false;
  NodePtr expression;
};

struct Node {
  Node(Kind the_kind, std::size_t the_position) : kind(the_kind), position(the_position) {}

  Kind kind;
  Operator op = Operator::none;
  std::size_t position;        ///< in the text, bytes; behind the token, as the reference counts
  std::string text;            ///< name, string, variable, operator as written
  boost::json::value literal;  ///< string, number, constant

  NodePtr left;   ///< binary, bind, apply; condition of a condition; pattern of a transform;
                  ///< operand of a negation; procedure of a call
  NodePtr right;  ///< binary, bind, apply; `then`; update of a transform; body of a lambda
  NodePtr third;  ///< `else`; delete of a transform
  std::vector<NodePtr> children;  ///< steps, items, statements, arguments, parameters
  std::vector<std::pair<NodePtr, NodePtr>> pairs;  ///< object
  std::vector<SortTerm> terms;                     ///< sort
  std::vector<Stage> predicates;  ///< of an expression that is no step: part of its evaluation
  std::vector<Stage> stages;      ///< of a step: applied to what it gives
  std::unique_ptr<Group> group;

  std::shared_ptr<const Signature> signature;  ///< lambda
  std::shared_ptr<const Regex> regex;
  const Native* native = nullptr;  ///< variable: the function of the language with this name

  std::string focus;  ///< step: variable that `@` binds
  std::string index;  ///< step: variable that `#` binds
  SlotPtr slot;       ///< parent
  SlotPtr ancestor;   ///< step: remembers its context for a `%`
  std::vector<SlotPtr> seeking_parent;

  bool keep_array = false;      ///< `[]` follows
  bool keep_singleton = false;  ///< path
  bool cons_array = false;      ///< array at the start or end of a path
  bool tuple = false;           ///< works on tuples
  bool thunk = false;           ///< lambda: a call in tail position
};

}  // namespace orch::jsonata
