#include "orchestrator/asl/utf8.h"

#include <algorithm>
#include <cstdint>

namespace orch::asl {
namespace {

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

std::size_t announced_size(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// Overlong forms, surrogates and values beyond U+10FFFF show in the second byte.
bool second_fits(unsigned lead, unsigned second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool valid(std::string_view character) {
  const auto rest = character.substr(1);
  return std::all_of(rest.begin(), rest.end(),
                     [](char c) { return (byte_of(c) & 0xC0) == 0x80; }) &&
         (rest.empty() || second_fits(byte_of(character[0]), byte_of(rest[0])));
}

}  // namespace

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    if ((byte_of(c) & 0xC0) != 0x80) ++length;
    if (byte_of(c) >= 0xF0) ++length;
  }
  return length;
}

std::size_t character_size(std::string_view text) {
  return std::clamp<std::size_t>(announced_size(byte_of(text[0])), 1, text.size());
}

std::string repaired(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const auto size = announced_size(byte_of(bytes[0]));
    if (size != 0 && size <= bytes.size() && valid(bytes.substr(0, size))) {
      out += bytes.substr(0, size);
      bytes.remove_prefix(size);
    } else {
      out += "\uFFFD";
      bytes.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace orch::asl
