// What can be called. Internal to the module.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/jsonata/frame.h"
#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

struct Node;
class Signature;
class Regex;
class Evaluator;

using Arguments = std::vector<Value>;

/// A function of the language.
struct Native {
  std::string_view name;
  const char* signature;
  int arity;  ///< how many arguments a higher-order function offers it at most
  Value (*implementation)(Evaluator&, Arguments&, const Value& input);

  enum class Offered : std::uint8_t { always, step_functions, elsewhere };
  Offered offered = Offered::always;
};

/// Of the native, parsed once.
const Signature& signature_of(const Native& native);

/// By name, or null.
const Native* find_native(std::string_view name);
std::size_t native_count();
/// Its place among all, from 0.
std::size_t native_index(const Native& native);

/// Exactly one of native, lambda and closure is set.
struct Function final : Rep {
  const Native* native = nullptr;

  const Node* lambda = nullptr;  ///< its parameters, signature and body
  Value input;                   ///< what `$` is inside
  FramePtr frame;
  bool thunk = false;  ///< a call in tail position that is still to be made

  /// Where it was last called by name, 0: nowhere yet; and the name. Errors on their way out of it
  /// stand there, as in the reference.
  std::size_t called_at = 0;
  std::optional<std::string_view> called_as;

  std::function<Value(Arguments&)> closure;
  const Signature* signature = nullptr;  ///< of a closure; may be null
  std::shared_ptr<const Regex> regex;    ///< of a closure that is a regular expression
  int arity = 1;                         ///< of a closure
};

/// How many arguments a higher-order function offers.
int arity_of(const Function& function);

}  // namespace orch::jsonata
