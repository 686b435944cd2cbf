// What an exception of any kind says to people.
#pragma once

#include <exception>
#include <string>

namespace orch {

/// Its message; "there is not enough memory" instead of the name of a C++ class. Bytes that are no
/// UTF-8 are replaced. `error` is not null.
std::string describe(const std::exception_ptr& error);

}  // namespace orch
