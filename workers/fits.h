// Names of resources with `*` in them.
#pragma once

#include <string_view>

namespace orch::workers {

/// Whether `text` is what `pattern` says; `*` in it stands for any text.
bool fits(std::string_view text, std::string_view pattern);

}  // namespace orch::workers
