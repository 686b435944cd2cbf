#include "orchestrator/json/text.h"

#include <gtest/gtest.h>

#include "orchestrator/json/strict.h"

namespace orch::json {
namespace {

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

TEST(Text, NumbersThatWouldLoseDigitsAreRefused) {
  for (const auto* text : {"18446744073709551616", "1e400", "-9223372036854775809"})
    EXPECT_THROW(parse(text), SyntaxError) << text;
  EXPECT_EQ(write(parse("[18446744073709551615,934.5146729745181,1.0,1e22]")),
            "[18446744073709551615,934.5146729745181,1.0,1e+22]");
}

}  // namespace
}  // namespace orch::json
