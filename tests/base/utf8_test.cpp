#include "orchestrator/base/utf8.h"

#include <gtest/gtest.h>

namespace orch {
namespace {

std::string utf8(char32_t code) {
  std::string out;
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      out += static_cast<char>(0xe0 | code >> 12);
    } else {
      out += static_cast<char>(0xf0 | code >> 18);
      out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    }
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  return out + static_cast<char>(0x80 | (code & 0x3f));
}

TEST(Utf8, EveryCodePointButTheSurrogatesIsValid) {
  for (char32_t code = 0; code < 0x110000; ++code) {
    const auto text = utf8(code);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    ASSERT_EQ(valid_prefix(text), surrogate ? 0 : text.size()) << std::hex << std::uint32_t{code};
  }
}

TEST(Utf8, EveryPrefixOfASequenceIsCutShort) {
  for (const char32_t code : {0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff}) {
    const auto text = utf8(code);
    for (std::size_t n = 1; n < text.size(); ++n) {
      EXPECT_EQ(valid_prefix(text.substr(0, n)), 0u);
      EXPECT_TRUE(cut_short(text.substr(0, n)));
    }
    EXPECT_FALSE(cut_short(text));
  }
  EXPECT_FALSE(cut_short("\xc3("));
  EXPECT_FALSE(cut_short("\xff"));
}

TEST(Utf8, TheFirstWrongByteIsFoundBehindLongAscii) {
  const auto text = std::string(1000, 'a') + "é" + std::string(5, 'b') + "\x80" + "c";
  EXPECT_EQ(valid_prefix(text), 1007u);
}

TEST(Utf8, RepairingReplacesWrongBytesAlone) {
  EXPECT_EQ(repaired("gr\xc3\xbc\xc3\x9f\x65"), "gr\xc3\xbc\xc3\x9f\x65");
  EXPECT_EQ(repaired("a\xff"
                     "b\xc3"),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
  EXPECT_EQ(repaired(""), "");
}

struct Shown {
  const char* text;
  const char* printable;
  const char* one_line;
  const char* json;
};

TEST(Utf8, CharactersThatActAreShownAndNotSent) {
  for (const auto& [text, on_page, on_line, in_json] : {
           Shown{"gr\u00fc\u00df \u518d", "gr\u00fc\u00df \u518d", "gr\u00fc\u00df \u518d",
                 "gr\u00fc\u00df \u518d"},
           Shown{"a\x1b[31mb\x7f", "a?[31mb?", "a?[31mb?", "a\\u001b[31mb\\u007f"},
           Shown{"\xc2\x80|\xc2\x9b"
                 "2J|\xc2\x9f|\xc2\xa0",
                 "?|?2J|?|\xc2\xa0", "?|?2J|?|\xc2\xa0", "\\u0080|\\u009b2J|\\u009f|\xc2\xa0"},
           Shown{"\u2027\u2028\u2029\u202a\u202e\u202f", "\u2027????\u202f", "\u2027????\u202f",
                 "\u2027\\u2028\\u2029\\u202a\\u202e\u202f"},
           Shown{"\u2065\u2066\u2069\u206a", "\u2065??\u206a", "\u2065??\u206a",
                 "\u2065\\u2066\\u2069\u206a"},
           Shown{"one\ntwo\tthree\r", "one\ntwo\tthree?", "one two three?",
                 "one\ntwo\tthree\\u000d"},
           Shown{"cut \xe2\x80", "cut \xef\xbf\xbd\xef\xbf\xbd", "cut \xef\xbf\xbd\xef\xbf\xbd",
                 "cut \xe2\x80"},
       }) {
    EXPECT_EQ(printable(text), on_page);
    EXPECT_EQ(one_line(text), on_line);
    EXPECT_EQ(printable_json(text), in_json);
  }
}

}  // namespace
}  // namespace orch
