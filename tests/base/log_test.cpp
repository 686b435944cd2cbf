#include "orchestrator/base/log.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace orch {
namespace {

TEST(Log, TextOfOthersBeginsNoLineAndMovesNoCursor) {
  testing::internal::CaptureStderr();
  log::error("run={} msg=\"{}\"", "a",
             "fails\n2026-01-01T00:00:00.000Z info forged\r\x1b[2J\xc2\x9b");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_NE(text.find("msg=\"fails 2026-01-01T00:00:00.000Z info forged??[2J?\"\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace orch
