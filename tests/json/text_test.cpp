#include "orchestrator/json/text.h"

#include <gtest/gtest.h>

#include "orchestrator/json/strict.h"
#include "orchestrator/json/wtf8.h"

namespace orch::json {
namespace {

TEST(Wtf8, ASurrogateAloneIsThreeBytesAndAnEscape) {
  for (const char* text : {R"("\ud800")", R"(["a\udc00b","\ud800\ud800"])", R"({"a":"\ud83d"})"}) {
    EXPECT_THROW(parse(text), SyntaxError) << text;
    EXPECT_EQ(write_wtf8(parse_wtf8(text)), text);
  }
  EXPECT_EQ(parse_wtf8(R"("\ud83d\ude00")"), parse(R"("\ud83d\ude00")"));
  EXPECT_EQ(parse_wtf8(R"("\\ud800")"), parse(R"("\\ud800")")) << "no escape of a unit";
  EXPECT_EQ(write_wtf8(parse_wtf8(R"("\ud800\ud83d\ude00")")), "\"\\ud800\xF0\x9F\x98\x80\"");
  EXPECT_THROW(parse_wtf8("[\"\\ud800\", \"\xFF\"]"), SyntaxError);
}

TEST(Text, TheLastOfEqualKeysWinsAtThePlaceOfTheFirst) {
  EXPECT_EQ(write(parse(R"({"a":1,"b":2,"a":{"x":3}})")), R"({"a":{"x":3},"b":2})");
  EXPECT_EQ(write(parse(R"([{"a":1,"a":2},{"a":3}])")), R"([{"a":2},{"a":3}])");
  EXPECT_EQ(write(parse(R"({"a":1,"\u0061":2})")), R"({"a":2})");
}

TEST(Text, WhatAPersonHasWrittenHasAKeyOnce) {
  EXPECT_EQ(write(parse_strict(R"([{"a":1,"b":{"a":2}},{"a":3}])")),
            R"([{"a":1,"b":{"a":2}},{"a":3}])");
  for (const auto* text : {R"({"a":1,"b":2,"a":3})", R"([{"x":{"a":1,"\u0061":2}}])"}) {
    try {
      parse_strict(text);
      FAIL() << text;
    } catch (const SyntaxError& error) {
      EXPECT_NE(std::string(error.what()).find("duplicate key \"a\" at line 1"), std::string::npos)
          << error.what();
    }
  }
}

TEST(Text, IntegersBeyond64BitsAreRoundedInDataAndRefusedElsewhere) {
  EXPECT_EQ(write(parse("[18446744073709551616,-9223372036854775809]")),
            "[18446744073709551616.0,-9223372036854775808.0]");
  for (const auto* text : {"18446744073709551616", "-9223372036854775809"})
    EXPECT_THROW(parse_strict(text), SyntaxError) << text;
  EXPECT_THROW(parse("1e400"), SyntaxError);
  EXPECT_EQ(write(parse("[18446744073709551615,934.5146729745181,1.0,1e22]")),
            "[18446744073709551615,934.5146729745181,1.0,1e+22]");
}

// Each byte that JSON escapes, and its neighbours, at each place of texts of each length; and in
// one that is written in several pieces.
TEST(Text, WhatIsWrittenAsAStringIsReadAsIt) {
  const auto written = [](const std::string& text) {
    std::string out = "[";
    append_string(out, text);
    return parse(out + "]").at(0).as_string();
  };
  for (int code = 0; code < 0x80; ++code) {
    for (std::size_t length = 1; length <= 17; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        std::string text(length, '~');
        text[at] = static_cast<char>(code);
        ASSERT_EQ(written(text), text) << code << " at " << at << " of " << length;
      }
    }
  }
  for (const std::string piece : {"\x01", "\"plain text\"", "\xc3\xa4\\", "0123456"}) {
    std::string text;
    while (text.size() < 5'000) text += piece;
    EXPECT_EQ(written(text), text);
  }
  EXPECT_EQ(written(""), "");
  std::string out;
  append_string(out, "\n\r\t\x1f\"\\/\x7f");
  EXPECT_EQ(out, "\"\\n\\r\\t\\u001f\\\"\\\\/\x7f\"");
}

TEST(Text, WhatPeopleWriteAndJsonHasNotIsNamed) {
  const std::pair<const char*, const char*> table[] = {
      {"{\"a\": 1, // the first\n \"b\": 2}", "no comments"},
      {"{\"a\": /* one */ 1}", "no comments"},
      {"# a head\n{}", "no comments"},
      {"{} // the end", "no comments"},
      {"{\"a\": 1,\n}", "a comma before the closing }"},
      {"[1, 2, ]", "a comma before the closing ]"},
  };
  for (const auto& [text, named] : table) {
    try {
      parse(text);
      FAIL() << text;
    } catch (const SyntaxError& error) {
      EXPECT_NE(std::string(error.what()).find(named), std::string::npos)
          << text << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace orch::json
