// Who asks: for what is recorded with a name.
#pragma once

#include <string>

namespace orch::cli {

/// The user's name on this machine; empty when it has none.
std::string person();

}  // namespace orch::cli
