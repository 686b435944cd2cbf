#include "orchestrator/base/log.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace orch {
namespace {

TEST(Log, TextOfOthersBeginsNoLineAndMovesNoCursor) {
  testing::internal::CaptureStderr();
  log::error({{"run", "a"}}, "{}", "fails\n2026-01-01T00:00:00.000Z info forged\r\x1b[2J\xc2\x9b");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_NE(text.find("run=a msg=\"fails 2026-01-01T00:00:00.000Z info forged??[2J?\"\n"),
            std::string::npos)
      << text;
}

TEST(Log, AValueMakesNoPair) {
  struct Case {
    const char* value;
    const char* line;  ///< of the pair run=value
  };
  constexpr Case cases[] = {
      {"01m8p13p", "run=01m8p13p msg=\"m\""},
      {"", "msg=\"m\""},
      {"a b", "run=\"a b\" msg=\"m\""},
      {"a=b", "run=\"a=b\" msg=\"m\""},
      {"a\tcode=ORCH-0001", "run=\"a code=ORCH-0001\" msg=\"m\""},
      {"a\" code=\"x", "run=\"a\\\" code=\\\"x\" msg=\"m\""},
      {"a\\", "run=\"a\\\\\" msg=\"m\""},
      {"再保険", "run=再保険 msg=\"m\""},
  };
  for (const auto& [value, line] : cases) EXPECT_EQ(log::line_of({{"run", value}}, "m"), line);
  EXPECT_EQ(log::line_of({{"deaths", 2}}, "is \"it\" so? code=x\\"),
            "deaths=2 msg=\"is \\\"it\\\" so? code=x\\\\\"");
}

}  // namespace
}  // namespace orch
