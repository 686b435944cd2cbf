// What the expressions of a state can see.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::asl {

/// Built for one evaluation; the documents must outlive it. Everything an expression depends on
/// is here: two evaluations with equal scopes give equal results.
struct Scope {
  const boost::json::value* data = nullptr;  ///< what `$` is
  /// Makes what `$$` is; called only when an expression needs it. The reference must stay valid
  /// for the evaluation.
  std::function<const boost::json::value&()> context;
  /// The value of a workflow variable, or null when it is not set. The reference must stay valid
  /// for the evaluation.
  std::function<const boost::json::value*(std::string_view)> variable;
  /// JSONata: members of `$states` beside the context; null: there is none.
  const boost::json::value* input = nullptr;
  const boost::json::value* result = nullptr;
  const boost::json::value* error_output = nullptr;
  /// Milliseconds since 1970 for $now() and $millis().
  std::int64_t now = 0;
  /// Seeds States.MathRandom without a seed, States.UUID, $random() and $uuid(); changes with
  /// every evaluation.
  std::uint64_t seed = 0;
};

}  // namespace orch::asl
