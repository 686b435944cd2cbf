// Parameters, Arguments, Assign and their relatives: JSON with computed parts. In JSONPath these
// are the keys that end in ".$", in JSONata the texts between `{%` and `%}`.
#pragma once

#include <memory>
#include <set>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/asl/expression.h"
#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// A compiled template. Copies share the compilation.
class PayloadTemplate {
 public:
  /// Throws SyntaxProblem (path.h); its message ends with the JSON pointer of the place inside
  /// `source` when it is not the root.
  static PayloadTemplate compile(const boost::json::value& source);

  /// The same for JSONata. `field` names the template in messages: "Arguments".
  static PayloadTemplate compile_jsonata(const boost::json::value& source,
                                         const std::string& field);

  /// Throws EvaluationError: States.Runtime for a path that misses and for a function that refuses
  /// its arguments, States.QueryEvaluationError for a JSONata expression.
  boost::json::value evaluate(const Scope& scope) const;

  /// Adds the workflow variables that it reads.
  void collect_variables(std::set<std::string>& names) const;

  /// Names of the members that it makes, when it is an object.
  std::set<std::string> keys() const;

  /// The expression, when the template is nothing else.
  const Expression* expression() const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::asl
