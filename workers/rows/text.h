// What texts must be to be values of a type that is made of letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orch::rows {

/// UTF-8 without NUL. Counts the characters.
bool valid_text(std::string_view text, std::size_t& characters);

/// 16 bytes of a UUID, appended: 32 hexadecimal digits, with or without a hyphen after every four
/// of them, in braces or not. False for anything else; then `out` is as it was.
bool append_uuid(std::string& out, std::string_view text);

/// The 16 bytes as 32 small hexadecimal digits in groups of 8-4-4-4-12, appended.
void append_uuid_text(std::string& out, std::string_view bytes);

/// The bytes that `text` spells as PostgreSQL's COPY writes them, `\x0aff`, appended. False for
/// anything else; then `out` is as it was.
bool append_hex(std::string& out, std::string_view text);

}  // namespace orch::rows
