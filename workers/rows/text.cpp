#include "workers/rows/text.h"

#include <cstdint>

namespace orch::rows {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The byte that the first two characters spell; -1: none.
int hex_byte(std::string_view text) {
  if (text.size() < 2) return -1;
  const int high = hex_digit(text[0]);
  const int low = hex_digit(text[1]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/// How many bytes the character has that begins with `lead`; 0: none begins so.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// Neither overlong, nor a surrogate, nor above U+10FFFF.
bool valid_character(std::string_view bytes) {
  const auto length = bytes.size();
  const auto lead = static_cast<unsigned char>(bytes[0]);
  std::uint32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (const char c : bytes.substr(1)) {
    const auto next = static_cast<unsigned char>(c);
    if ((next & 0xC0) != 0x80) return false;
    point = point << 6 | (next & 0x3F);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  return !overlong && (point < 0xD800 || point >= 0xE000) && point <= 0x10FFFF;
}

}  // namespace

bool valid_text(std::string_view text, std::size_t& characters) {
  characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto length = length_of(lead);
    if (lead == 0 || length == 0 || i + length > text.size()) return false;
    if (length > 1 && !valid_character(text.substr(i, length))) return false;
    i += length;
  }
  return true;
}

bool append_uuid(std::string& out, std::string_view text) {
  constexpr std::size_t bytes = 16;
  if (text.starts_with('{')) {
    if (!text.ends_with('}')) return false;
    text = text.substr(1, text.size() - 2);
  }
  const auto before = out.size();
  for (std::size_t i = 0; i < bytes; ++i) {
    if (i % 2 == 0 && i > 0 && text.starts_with('-')) text.remove_prefix(1);
    const int byte = hex_byte(text);
    if (byte < 0) return out.resize(before), false;
    out += static_cast<char>(byte);
    text.remove_prefix(2);
  }
  if (!text.empty()) out.resize(before);
  return text.empty();
}

void append_uuid_text(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

bool append_hex(std::string& out, std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return false;
  const auto before = out.size();
  for (text.remove_prefix(2); !text.empty(); text.remove_prefix(2)) {
    const int byte = hex_byte(text);
    if (byte < 0) return out.resize(before), false;
    out += static_cast<char>(byte);
  }
  return true;
}

}  // namespace orch::rows
