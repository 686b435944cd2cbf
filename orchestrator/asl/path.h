// JSONPath as Step Functions speaks it (Jayway dialect).
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/value.hpp>

#include "orchestrator/asl/scope.h"

namespace orch::asl {

/// An expression that cannot be compiled; `what()` says what was found and expected.
class SyntaxProblem : public std::runtime_error {
  using runtime_error::runtime_error;
};

/// Why a path has no value.
struct NoValue {
  std::string reason;   ///< in the words of the service, without the path's text
  bool missing = true;  ///< the place does not exist; false: the path cannot be applied at all
};

struct PathProgram;

/// A compiled path: `$…` reads the data, `$$…` the context object, `$name…` a variable. Copies
/// share the compilation.
class Path {
 public:
  /// Throws SyntaxProblem.
  static Path compile(std::string_view text);

  const std::string& text() const;
  /// False when wildcards, slices, unions, filters or `..` make the answer a list of matches, or a
  /// function computes it.
  bool definite() const;
  /// True for the whole of `$`.
  bool is_root() const;
  /// The workflow variable that the path starts from; empty: it starts from `$` or `$$`.
  std::string_view variable() const;

  /// The value, or for an indefinite path the array of matches (perhaps empty). Throws
  /// EvaluationError (States.Runtime, cause "Invalid path '…' : …" in the service's words)
  /// when a definite path misses.
  boost::json::value evaluate(const Scope& scope) const;

  /// Like evaluate(), with the cause that the service gives for templates and for ErrorPath and
  /// CausePath: "The JSONPath '…' specified for the field '…' could not be found in the input '…'".
  /// An index outside of the array at the end of the path gives null.
  boost::json::value evaluate_field(const Scope& scope, std::string_view field) const;

  /// Throws EvaluationError (States.Runtime) when the path starts from `$` and that is null: no
  /// InputPath, OutputPath or Variable reads anything there.
  void require_input(const Scope& scope) const;

  /// The value, or why there is none: for callers with their own words for a miss.
  std::variant<boost::json::value, NoValue> resolve(const Scope& scope) const;

  /// Like resolve() without copying or allocating: the place inside the scope's documents, or null
  /// when the path misses or is not definite. Valid as long as the scope's documents.
  const boost::json::value* find(const Scope& scope) const;

 private:
  std::shared_ptr<const PathProgram> program_;
};

/// A path that names one place (only names and indexes): where ResultPath writes.
class ReferencePath {
 public:
  /// Throws SyntaxProblem, also for a valid path that is not a reference path.
  static ReferencePath compile(std::string_view text);

  const std::string& text() const;
  bool is_root() const;

  /// Puts `result` at the path inside `document`, creating missing objects on the way. Throws
  /// EvaluationError(States.ResultPathMatchFailure) when something on the way is not an object
  /// (or the index is outside its array).
  void assign(boost::json::value& document, boost::json::value result) const;

 private:
  std::shared_ptr<const PathProgram> program_;
};

}  // namespace orch::asl
