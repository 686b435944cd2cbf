// What the expressions of a state can see.
#pragma once

#include <cstdint>
#include <functional>

#include <boost/json/value.hpp>

namespace orch::asl {

/// Built for one evaluation; the documents must outlive it. Everything an expression depends on
/// is here: two evaluations with equal scopes give equal results.
struct Scope {
  const boost::json::value* data = nullptr;  ///< what `$` is
  /// Makes what `$$` is; called only when an expression needs it. The reference must stay valid
  /// for the evaluation.
  std::function<const boost::json::value&()> context;
  /// Seeds States.MathRandom without a seed and States.UUID; changes with every evaluation.
  std::uint64_t seed = 0;
};

}  // namespace orch::asl
