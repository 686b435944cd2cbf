// Parameters, ResultSelector and ItemSelector: JSON in which keys that end in ".$" are computed.
#pragma once

#include <memory>

#include <boost/json/value.hpp>

#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// A compiled template. Copies share the compilation.
class PayloadTemplate {
 public:
  /// Throws SyntaxProblem (path.h); its message ends with the JSON pointer of the place inside
  /// `source` when it is not the root.
  static PayloadTemplate compile(const boost::json::value& source);

  /// Throws EvaluationError (States.Runtime) for a path that misses and for a function that refuses
  /// its arguments.
  boost::json::value evaluate(const Scope& scope) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::asl
