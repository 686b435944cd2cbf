// Intrinsic functions: States.Format('…', $.x) and its relatives.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// A compiled call. Copies share the compilation.
class Intrinsic {
 public:
  /// Throws SyntaxProblem (path.h): unknown function, wrong number of arguments, bad literal or
  /// escape, nesting deeper than 10.
  static Intrinsic compile(std::string_view text);

  const std::string& text() const;
  /// Throws EvaluationError (States.IntrinsicFailure, or States.Runtime for a path that misses).
  boost::json::value evaluate(const Scope& scope) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::asl
