// What an intrinsic function call compiles to, and what its functions are given. Private to this
// module: others use intrinsic.h.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/asl/path.h"

namespace orch::asl {

/// Why a function refuses its arguments; Intrinsic::evaluate() adds the expression.
class Refusal : public std::runtime_error {
  using runtime_error::runtime_error;
};

/// The arguments of one call, evaluated.
class Invocation {
 public:
  /// An argument: a place in a document, or a value made for this call.
  struct Value {
    const boost::json::value* place = nullptr;
    std::optional<boost::json::value> made;
  };

  /// `seed` is different for each call of an expression.
  Invocation(std::string_view name, std::vector<Value> values, std::uint64_t seed)
      : name_(name), values_(std::move(values)), seed_(seed) {}

  std::size_t size() const { return values_.size(); }
  std::uint64_t seed() const { return seed_; }
  /// Throws Refusal "Invalid arguments in States.…: …".
  [[noreturn]] void refuse(std::string_view why) const;

  /// The argument, from 0; the typed ones refuse another type.
  const boost::json::value& any(std::size_t i) const;
  const boost::json::array& array(std::size_t i) const;
  const boost::json::object& object(std::size_t i) const;
  std::string_view text(std::size_t i) const;
  /// A number without its fraction, as Java's intValue.
  std::int64_t whole(std::size_t i) const;
  /// A number rounded half up, as Java's Math.round.
  std::int64_t rounded(std::size_t i) const;

 private:
  [[noreturn]] void mistyped(std::size_t i, std::string_view expected) const;

  std::string_view name_;
  std::vector<Value> values_;
  std::uint64_t seed_;
};

/// One of the functions of the language.
struct IntrinsicFunction {
  std::string_view name;  ///< with "States."
  std::size_t least;      ///< arguments
  std::size_t most;
  boost::json::value (*apply)(const Invocation&);
};

/// One line a function, in intrinsic_array.cpp, intrinsic_text.cpp and intrinsic_data.cpp.
std::span<const IntrinsicFunction> array_functions();
std::span<const IntrinsicFunction> text_functions();
std::span<const IntrinsicFunction> data_functions();

struct IntrinsicCall;
using IntrinsicArgument =
    std::variant<boost::json::value, Path, std::unique_ptr<const IntrinsicCall>>;

struct IntrinsicCall {
  const IntrinsicFunction* function = nullptr;
  std::vector<IntrinsicArgument> arguments;
  std::uint64_t number = 0;  ///< of this call within the expression
};

/// Throws SyntaxProblem.
std::unique_ptr<const IntrinsicCall> parse_intrinsic(std::string_view text);

inline constexpr int max_intrinsic_depth = 10;
inline constexpr std::size_t max_intrinsic_bytes = 65'536;

}  // namespace orch::asl
