// UTF-16, which ODBC's wide functions speak.
#pragma once

#include <string>
#include <string_view>

namespace orch {

/// Well-formed or not: what is no UTF-8 becomes U+FFFD.
std::u16string utf16_of(std::string_view utf8);

/// Appends UTF-8. False when `text` has half of a surrogate pair; then `out` is as it was.
bool append_utf8(std::string& out, std::u16string_view text);

/// What is half of a surrogate pair becomes U+FFFD.
std::string utf8_of(std::u16string_view text);

}  // namespace orch
