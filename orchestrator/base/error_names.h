// The names of errors that workers give to Retry and Catch, and the codes that explain them.
#pragma once

#include <span>
#include <string_view>

namespace orch {

/// A name may have several codes: the same for a definition, told apart for people.
struct ErrorName {
  std::string_view name;  ///< "Fence.Stale"
  std::string_view code;  ///< "ORCH-0437"
};

/// In the order of the names.
std::span<const ErrorName> error_names();

}  // namespace orch
