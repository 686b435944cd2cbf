// Is it UTF-8, and may it be shown?
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

/// repaired(), with every character that acts instead of being seen replaced by "?": the controls
/// of Unicode (C0, DEL, C1) but line break and tab, the separators U+2028 and U+2029, and the
/// characters that reorder the text around them (U+202A to U+202E, U+2066 to U+2069). Source:
/// Unicode 15, 23.1 and 23.2; Unicode Technical Report 36, 3.6.
std::string printable(std::string_view bytes);

/// printable() on one line: line breaks and tabs become spaces. For a line of a table, of a log, or
/// of standard error, which text of others must not end.
std::string one_line(std::string_view bytes);

/// `json`, JSON text, with the characters that printable() replaces as \uXXXX: the same value.
std::string printable_json(std::string json);

}  // namespace orch
