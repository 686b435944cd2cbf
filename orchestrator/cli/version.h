#pragma once

#include <string_view>

namespace orch::cli {

/// "0.1.0", as in CMakeLists.txt.
std::string_view version();

/// JSON: {"preact": "10.29.8", …}, what the web UI takes from npm, as in its package.json.
std::string_view ui_packages();

}  // namespace orch::cli
