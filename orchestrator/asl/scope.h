// What the expressions of a state can see.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

namespace orch::asl {

/// What `$$` is: made when an expression first asks for it, and from then on the same value for
/// everything that is evaluated in this scope or a copy of it, so that places in it may be kept.
class ContextObject {
 public:
  using Document = std::shared_ptr<const boost::json::value>;

  ContextObject() = default;  ///< there is none
  explicit ContextObject(std::function<Document()> make) : make_(std::move(make)) {}

  explicit operator bool() const { return made_ || make_; }
  const boost::json::value& operator()() const {
    if (!made_) made_ = make_();
    return *made_;
  }

 private:
  std::function<Document()> make_;
  mutable Document made_;
};

/// Built for one evaluation; the documents must outlive it. Everything an expression depends on
/// is here: two evaluations with equal scopes give equal results.
struct Scope {
  const boost::json::value* data = nullptr;  ///< what `$` is
  ContextObject context;
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
