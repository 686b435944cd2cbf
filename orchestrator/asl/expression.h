// JSONata in a definition: the text between `{%` and `%}`.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// A compiled expression and the field it stands in. Copies share the compilation.
class Expression {
 public:
  /// True when `text` begins with `{%` and ends with `%}`; everything else is a literal.
  static bool is_one(std::string_view text);

  /// `field`: where it stands in its state, as in "Output/total", for messages. Throws
  /// SyntaxProblem (path.h).
  static Expression compile(std::string_view text, std::string field);

  /// Without the braces and outer blanks.
  const std::string& text() const;
  const std::string& field() const;
  /// What it reads that it never can: members of an input that it does not have, `$$`, and members
  /// of `$states` that are unknown or not there. In the service's words; empty: nothing.
  /// `in_catcher`: `$states.errorOutput` is there.
  std::vector<std::string> unsupported(bool in_catcher) const;
  /// The workflow variables it mentions.
  const std::set<std::string>& variables() const;

  /// Throws EvaluationError (States.QueryEvaluationError, in the service's words) when it fails,
  /// or gives nothing or a function.
  boost::json::value evaluate(const Scope& scope) const;

  /// For fields of one type: throws the EvaluationError of a value that is not `expected`
  /// ("array", "number", "string", "boolean").
  [[noreturn]] void refuse(std::string_view expected, const boost::json::value& value) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// "array", "object", "string", "number", "boolean" or "null".
std::string_view type_of(const boost::json::value& value);

}  // namespace orch::asl
