// Is it UTF-8?
#pragma once

#include <cstddef>
#include <string_view>

namespace orch::csv {

/// Length of the longest prefix of `text` that is well-formed UTF-8 (Unicode 15, table 3-7: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t valid_prefix(std::string_view text);

/// True when `rest`, where valid_prefix() stopped, could become valid with more bytes after it.
bool cut_short(std::string_view rest);

}  // namespace orch::csv
