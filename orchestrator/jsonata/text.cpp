#include "orchestrator/jsonata/text.h"

#include <algorithm>

#include "orchestrator/jsonata/errors.h"

namespace orch::jsonata {
namespace {

// A text joined with itself a few dozen times would fill any memory.
constexpr std::size_t longest_text = std::size_t{64} << 20;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_high(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/// For comparison: units of the Basic Multilingual Plane above the surrogates come after them.
char32_t unit_order(char32_t c) {
  if (c < 0xD800) return c;
  return c < 0x10000 ? (c < 0xE000 ? c : c + 0x200000) : c + 0xD800;
}

}  // namespace

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  int more = 0;
  if (lead >= 0xF0)
    more = 3;
  else if (lead >= 0xE0)
    more = 2;
  else if (lead >= 0xC0)
    more = 1;
  if (more == 0) return lead;
  char32_t character = lead & (0x3F >> more);
  for (; more > 0 && at < text.size() && is_continuation(text[at]); --more)
    character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  return character;
}

void append_character(std::string& out, char32_t character) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (character < 0x80) return put(character);
  if (character < 0x800) {
    put(0xC0 | character >> 6);
  } else {
    if (character < 0x10000) {
      put(0xE0 | character >> 12);
    } else {
      put(0xF0 | character >> 18);
      put(0x80 | (character >> 12 & 0x3F));
    }
    put(0x80 | (character >> 6 & 0x3F));
  }
  put(0x80 | (character & 0x3F));
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::size_t offset_of_character(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (index == 0) return at;
    --index;
  }
  return at;
}

std::size_t count_units(std::string_view text) {
  std::size_t units = count_characters(text);
  for (const char c : text) units += static_cast<unsigned char>(c) >= 0xF0 ? 1 : 0;
  return units;
}

std::size_t offset_of_unit(std::string_view text, double units) {
  std::size_t at = 0;
  for (double passed = 0; at < text.size() && passed < units;)
    passed += next_character(text, at) >= 0x10000 ? 2 : 1;
  return at;
}

std::strong_ordering compare_text(std::string_view a, std::string_view b) {
  if (ascii(a) && ascii(b)) return a.compare(b) <=> 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const auto left = next_character(a, i);
    const auto right = next_character(b, j);
    if (left != right) return unit_order(left) <=> unit_order(right);
  }
  return (a.size() - i) <=> (b.size() - j);
}

void append_text(std::string& left, std::string_view right) {
  if (left.size() + right.size() > longest_text)
    throw Problem("D2015").value(Value(static_cast<double>(longest_text))).error();
  if (left.size() >= 3 && right.size() >= 3) {
    auto at = left.size() - 3;
    std::size_t second = 0;
    const auto high = next_character(left, at);
    const auto low = next_character(right, second);
    if (is_high(high) && is_low(low)) {
      left.resize(left.size() - 3);
      append_character(left, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
      right.remove_prefix(second);
    }
  }
  left += right;
}

bool has_lone_surrogate(std::string_view text) {
  // All of them begin with this byte, and little else does.
  if (text.find('\xED') == text.npos) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = next_character(text, at);
    if (is_high(character) || is_low(character)) return true;
  }
  return false;
}

}  // namespace orch::jsonata
