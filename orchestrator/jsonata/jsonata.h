// JSONata 2.2: queries and transformations of JSON.
// Source: https://docs.jsonata.org; messages are those of its reference implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::jsonata {

/// An expression that cannot be parsed or evaluated. `what()` is the message, without the code.
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message)
      : std::runtime_error(message), code_(std::move(code)) {}

  const std::string& code() const noexcept { return code_; }  ///< "T1006"

  /// Where in the expression, in UTF-16 units from its start; unset: not known.
  std::optional<std::size_t> position;
  /// What the message is about, where the reference tells it.
  std::optional<boost::json::value> token;
  std::string function_name;
  std::optional<boost::json::value> value;
  std::int64_t index = 0;  ///< of the argument that does not fit, from 1; 0: the error is another

 private:
  std::string code_;
};

/// What an expression may use up. Exceeding one is an Error (D1011, D1012 or D1020).
struct Limits {
  int depth = 0;           ///< of nested evaluations; 0: what the stack allows
  std::int64_t steps = 0;  ///< evaluations of parts of the expression; 0: no limit
  /// Bytes that its values may hold at a time (D1020); 0: no limit. 16 an item of an array.
  std::int64_t memory = 0;
  /// Asked now and then; true: time is up. Empty: no limit.
  std::function<bool()> expired = {};
};

/// For expressions of others: about a second's worth, counted and not timed, so that equal
/// evaluations end equally on every machine; and as much memory as Step Functions allows, where an
/// array of 873,782 numbers is the largest.
Limits bounded();

/// Values by name. Names and values must outlive the evaluation.
using Bindings = std::vector<std::pair<std::string_view, const boost::json::value*>>;

/// What an expression depends on besides its input and bindings.
struct Environment {
  std::int64_t now = 0;    ///< $now() and $millis(), milliseconds since 1970
  std::uint64_t seed = 0;  ///< of $random(), $shuffle() and $uuid()
  Limits limits = {};
  /// Variables that are objects of these members, which need not be copied together first.
  std::vector<std::pair<std::string_view, Bindings>> objects = {};
};

struct Options {
  /// What AWS Step Functions makes of the language: more functions ($partition, $range, $hash,
  /// $random(seed), $uuid, $parse) and no $eval.
  bool step_functions = false;
};

/// What an expression reads that is not made in it.
struct References {
  std::vector<std::string> input_members;  ///< members of the input, by their bare names
  bool root = false;                       ///< it reads `$$`
  /// By variable: the members of it that are named directly, as in `$states.input`.
  std::map<std::string, std::vector<std::string>, std::less<>> members;
};

struct Program;

/// A parsed expression. Immutable: several threads may evaluate it at once.
class Expression {
 public:
  /// Throws Error (S0101 …).
  static Expression parse(std::string_view text, Options options = {});

  /// Names of the variables that it reads and that are no functions of the language, whether or not
  /// it binds them itself.
  const std::set<std::string>& variables() const;

  /// For a host that evaluates without an input, or with members that are not always there.
  References references() const;

  /// `bindings`: variables, without `$`. Nothing: the result is `undefined`. `input` null: the
  /// input is undefined. Throws Error, and NotJson when the result holds a function.
  std::optional<boost::json::value> evaluate(const boost::json::value* input,
                                             const Bindings& bindings = {},
                                             const Environment& environment = {}) const;

 private:
  std::shared_ptr<const Program> program_;
};

/// The result is or holds something that JSON cannot carry.
class NotJson : public std::runtime_error {
 public:
  NotJson() : std::runtime_error("the result is a function, which JSON cannot carry") {}
};

}  // namespace orch::jsonata
