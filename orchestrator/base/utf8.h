// Is it UTF-8?
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orch {

/// Length of the longest prefix of `text` that is well-formed UTF-8 (Unicode 15, table 3-7: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t valid_prefix(std::string_view text);

/// True when `rest`, where valid_prefix() stopped, could become valid with more bytes after it.
bool cut_short(std::string_view rest);

/// `bytes` with every byte that is not part of valid UTF-8 replaced by U+FFFD: programs, servers
/// and databases may say anything, and what we tell people is UTF-8.
std::string repaired(std::string_view bytes);

/// repaired(), with every control character but line break and tab replaced by "?" too: a terminal
/// shows it as it is.
std::string printable(std::string_view bytes);

}  // namespace orch
