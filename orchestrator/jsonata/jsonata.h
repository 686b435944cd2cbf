// JSONata 2.2: queries and transformations of JSON.
// Source: https://docs.jsonata.org; messages are those of its reference implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::jsonata {

/// An expression that cannot be parsed or evaluated. `what()` is the message, without the code.
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message, std::size_t position = 0)
      : std::runtime_error(message), code_(std::move(code)), position_(position) {}

  const std::string& code() const noexcept { return code_; }  ///< "T1006"
  std::size_t position() const noexcept { return position_; }  ///< in the text; bytes
  /// What the message is about, where the reference tells it: an operator or name.
  std::string token;
  std::string function_name;
  std::optional<boost::json::value> value;

 private:
  std::string code_;
  std::size_t position_;
};

/// What an expression may use up. Exceeding one is an Error (D1011, D1012, D2015).
struct Limits {
  int depth = 1'000;  ///< of nested evaluations
  /// Asked every few thousand steps; true: time is up. Empty: no limit.
  std::function<bool()> expired;
};

/// What an expression sees besides its input.
struct Environment {
  std::int64_t now = 0;    ///< $now() and $millis(), milliseconds since 1970
  std::uint64_t seed = 0;  ///< of $random() and $uuid()
  Limits limits;
};

/// Variables by name, without `$`. Values must outlive the evaluation.
using Bindings = std::vector<std::pair<std::string_view, const boost::json::value*>>;

struct Options {
  /// What AWS Step Functions makes of the language: more functions ($partition, $range, $hash,
  /// $random(seed), $uuid, $parse), no $eval, and nothing but variables at the top level.
  bool step_functions = false;
};

/// A parsed expression. Immutable: may be evaluated by several threads at once.
class Expression {
 public:
  /// Throws Error (S0101 …).
  static Expression parse(std::string_view text, Options options = {});

  /// Names of the variables that it reads and does not bind itself.
  const std::set<std::string>& variables() const;

  /// Nothing: the result is `undefined`. Throws Error. `input` unset: the input is undefined.
  std::optional<boost::json::value> evaluate(const boost::json::value* input,
                                             const Bindings& bindings,
                                             const Environment& environment) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// Thrown by evaluate() when the result is or holds something that is no JSON: a function.
class NotJson : public std::runtime_error {
 public:
  NotJson() : std::runtime_error("the result is a function, which JSON cannot carry") {}
};

}  // namespace orch::jsonata
