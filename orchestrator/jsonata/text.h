// Text as JavaScript sees it, kept as UTF-8. Lone surrogates are kept too, as three bytes each
// (WTF-8). Internal to the module.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orch::jsonata {

/// The character at `at`, which it moves behind it. Never fails: a stray byte is a character.
char32_t next_character(std::string_view text, std::size_t& at);
void append_character(std::string& out, char32_t character);

/// Number of characters (code points).
std::size_t count_characters(std::string_view text);
/// Byte offset of the character with this index; the size when there are fewer.
std::size_t offset_of_character(std::string_view text, std::size_t index);
/// How many UTF-16 units `text` has.
std::size_t count_units(std::string_view text);

/// By UTF-16 unit.
std::strong_ordering compare_text(std::string_view a, std::string_view b);

/// A high surrogate at the end of `left` and a low one at the start of `right` become one
/// character.
void append_text(std::string& left, std::string_view right);

/// True when `text` has a surrogate without its partner.
bool has_lone_surrogate(std::string_view text);

}  // namespace orch::jsonata
