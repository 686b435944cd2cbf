// UTF-8 and UTF-16; what is neither becomes U+FFFD.
#include "tests/odbc_driver/handles.h"

namespace recording {
namespace {

constexpr char32_t replacement = 0xFFFD;

void append(std::string& out, char32_t c) {
  const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6U);
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12U);
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | c >> 18U);
    put(0x80 | (c >> 12U & 0x3FU));
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
}

}  // namespace

std::string utf8_of(const SQLWCHAR* text, SQLLEN units) {
  std::string out;
  if (!text) return out;
  for (SQLLEN i = 0; units == SQL_NTS ? text[i] != 0 : i < units; ++i) {
    const char32_t c = text[i];
    const bool pair = c >= 0xD800 && c < 0xDC00 && (units == SQL_NTS || i + 1 < units) &&
                      text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000;
    if (pair) {
      append(out, 0x10000 + ((c - 0xD800) << 10U) + (text[i + 1] - 0xDC00U));
      ++i;
    } else {
      append(out, c >= 0xD800 && c < 0xE000 ? replacement : c);
    }
  }
  return out;
}

std::u16string utf16_of(std::string_view text) {
  std::u16string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      c = c << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    i += length;
    if (c >= 0x10000) {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10U));
      out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FFU));
    } else {
      out += static_cast<char16_t>(c);
    }
  }
  return out;
}

}  // namespace recording
