// Intrinsic functions: States.Format('…', $.x) and its relatives.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
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
  /// Adds the workflow variables that it reads.
  void collect_variables(std::set<std::string>& names) const;

  /// Throws EvaluationError (States.Runtime) for arguments of the wrong kind and paths that miss.
  /// The specification calls the former States.IntrinsicFailure; the service does not, and its
  /// cause is "The function '…' had the following error: …".
  boost::json::value evaluate(const Scope& scope) const;

  /// The same with a seed of its own: for one of several expressions that share a scope.
  boost::json::value evaluate(const Scope& scope, std::uint64_t seed) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::asl
