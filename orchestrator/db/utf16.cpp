#include "orchestrator/db/utf16.h"

#include "orchestrator/base/utf8.h"

namespace orch {
namespace {

constexpr char32_t first_beyond = 0x10000;  ///< of the characters that take a pair
constexpr char32_t first_high = 0xd800;
constexpr char32_t first_low = 0xdc00;
constexpr char32_t after_low = 0xe000;
constexpr char32_t replacement = 0xfffd;

void put(std::string& out, char32_t c) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((c >> shift) & 0x3fU));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0U | c >> 6U);
    tail(0);
  } else if (c < first_beyond) {
    out += static_cast<char>(0xe0U | c >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0U | c >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

/// The character at `at`, which moves on by a unit or a pair; 0xd800 for half of a pair.
char32_t next(std::u16string_view text, std::size_t& at) {
  const char32_t unit = text[at++];
  if (unit < first_high || unit >= after_low) return unit;
  if (unit >= first_low || at == text.size()) return first_high;
  const char32_t low = text[at];
  if (low < first_low || low >= after_low) return first_high;
  ++at;
  return first_beyond + ((unit - first_high) << 10U) + (low - first_low);
}

}  // namespace

std::u16string utf16_of(std::string_view utf8) {
  const auto text = repaired(utf8);
  std::u16string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t c = more == 0 ? lead : lead & (0x3fU >> static_cast<unsigned>(more));
    for (int i = 0; i < more; ++i) c = c << 6U | (static_cast<unsigned char>(text[at++]) & 0x3fU);
    if (c < first_beyond) {
      out += static_cast<char16_t>(c);
    } else {
      c -= first_beyond;
      out += static_cast<char16_t>(first_high + (c >> 10U));
      out += static_cast<char16_t>(first_low + (c & 0x3ffU));
    }
  }
  return out;
}

bool append_utf8(std::string& out, std::u16string_view text) {
  const auto start = out.size();
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next(text, at);
    if (c == first_high) return out.resize(start), false;
    put(out, c);
  }
  return true;
}

std::string utf8_of(std::u16string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next(text, at);
    put(out, c == first_high ? replacement : c);
  }
  return out;
}

}  // namespace orch
