// What a JSONPath compiles to. Private to this module: others use path.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/path.h"
#include "orchestrator/asl/regex.h"

namespace orch::asl {

struct FilterNode;

namespace step {
/// .a or ['a']
struct Name {
  std::string name;
};
/// ['a','b']
struct Names {
  std::vector<std::string> names;
};
/// [3]; from the end when negative
struct Index {
  std::int64_t index;
};
/// [(@.length-1)]: counts from the end, 1 is the last
struct FromEnd {
  std::int64_t count;
};
/// [0,2]
struct Indexes {
  std::vector<std::int64_t> indexes;
};
/// [1:3], [1:], [:3]
struct Slice {
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
};
/// .* or [*]
struct Wildcard {};
/// .. applies the next step to the place and everything inside it
struct Descend {};
/// [?(condition)]
struct Filter {
  std::shared_ptr<const FilterNode> condition;
};
}  // namespace step

using Step = std::variant<step::Name, step::Names, step::Index, step::FromEnd, step::Indexes,
                          step::Slice, step::Wildcard, step::Descend, step::Filter>;

struct PathProgram;
/// An argument of a function: a literal or a path.
using Argument = std::variant<boost::json::value, std::shared_ptr<const PathProgram>>;

/// A function at the end of a path, such as length().
struct Call {
  enum class Function {
    length,
    keys,
    first,
    last,
    index,
    min,
    max,
    sum,
    avg,
    stddev,
    concat,
    append
  };
  Function function;
  std::string name;
  std::vector<Argument> arguments;
};

/// A compiled path. It has no more than max_steps steps.
struct PathProgram {
  enum class Root { data, context, item, variable };  ///< `$`, `$$`, `@`, `$name`
  std::string text;
  Root root = Root::data;
  std::string variable;  ///< name, when the root is one
  std::vector<Step> steps;
  std::vector<Call> calls;
  std::size_t definite_steps = 0;  ///< how many steps at the start name one place
  bool single = false;             ///< the answer is one value and not a list of matches

  /// True when the path names a place in a document.
  bool definite() const { return definite_steps == steps.size() && calls.empty(); }
};

/// An operand of a filter's comparison. Regex only with =~.
using Operand = std::variant<boost::json::value, std::shared_ptr<const PathProgram>, Regex>;

/// A condition of a filter.
struct FilterNode {
  enum class Kind { all_of, any_of, negation, exists, comparison };
  enum class Operator {
    equal,
    not_equal,
    same,
    not_same,
    less,
    less_equal,
    greater,
    greater_equal,
    matches,
    in,
    not_in,
    contains,
    all,
    any_of,
    none_of,
    subset_of,
    size,
    empty
  };
  Kind kind = Kind::comparison;
  std::vector<FilterNode> operands;  ///< of all_of, any_of and negation (one)
  Operator op = Operator::equal;
  Operand left;   ///< of comparison and exists
  Operand right;  ///< of comparison
};

inline constexpr std::size_t max_path_bytes = 65'536;
inline constexpr std::size_t max_steps = 256;
/// Of parentheses, negations and filters inside filters.
inline constexpr int max_filter_depth = 32;

/// Throws SyntaxProblem.
std::shared_ptr<const PathProgram> parse_path(std::string_view text);

/// The documents of one evaluation.
struct PathInput {
  const boost::json::value* root;            ///< what `$` is; in filters too
  const boost::json::value* item = nullptr;  ///< what `@` is
  std::uint64_t* budget;  ///< places still to be visited; bounds the time of one evaluation
};

/// The answer of the program on `start`. The documents must not change meanwhile.
std::variant<boost::json::value, NoValue> run(const PathProgram& program,
                                              const boost::json::value& start,
                                              const PathInput& input);

/// Applies the function to `subject`.
std::variant<boost::json::value, NoValue> apply(const Call& call, const boost::json::value& subject,
                                                const PathInput& input);

/// Whether `item` passes the filter.
bool accepts(const FilterNode& filter, const boost::json::value& item, const PathInput& input);

}  // namespace orch::asl
