#include "orchestrator/asl/utf8.h"

#include <algorithm>

namespace orch::asl {
namespace {

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

std::size_t announced_size(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
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

}  // namespace orch::asl
