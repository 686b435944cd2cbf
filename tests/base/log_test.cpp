#include "orchestrator/base/log.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "tests/support/temp_folder.h"

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

TEST(Log, LinesOfJsonHoldAnyText) {
  struct Case {
    const char* value;
    const char* member;
  };
  constexpr Case cases[] = {
      {"01m8p13p", "01m8p13p"},
      {"a\nb", "a\\u000ab"},
      {"\"},{\"level\":\"error", "\\\"},{\\\"level\\\":\\\"error"},
      {"a\\", "a\\\\"},
      {"\x1b[2J", "\\u001b[2J"},
      {"\xc2\x9b", "\\u009b"},
      {"\xff", "\xef\xbf\xbd"},
      {"再保険", "再保険"},
  };
  for (const auto& [value, member] : cases)
    EXPECT_EQ(log::json_of({{"run", value}, {"attempt", 2}, {"state", ""}}, "m"),
              std::string("\"msg\":\"m\",\"run\":\"") + member + "\",\"attempt\":2");
}

std::string content_of(const std::filesystem::path& file) { return read_file(file); }

// In a process of its own, whose log it may turn elsewhere.
TEST(LogDeathTest, IsWrittenToAFileThatMayBeRotated) {
  const test::TempFolder folder;
  const auto file = folder / "orch.log", old = folder / "orch.log.1";
  EXPECT_EXIT(
      {
        log::set_format(log::Format::json);
        log::set_file(file);
        log::error({{"run", "a"}}, "one");
        std::filesystem::rename(file, old);
        log::error("two");
        log::reopen_file();
        log::error("three");
        std::exit(0);
      },
      testing::ExitedWithCode(0), "^$");
  EXPECT_THAT(content_of(old),
              testing::MatchesRegex("\\{\"time\":\"20[^\"]*Z\",\"level\":\"error\","
                                    "\"msg\":\"one\",\"run\":\"a\"\\}\n"
                                    "\\{[^}]*\"msg\":\"two\"\\}\n"));
  EXPECT_THAT(content_of(file), testing::MatchesRegex("\\{[^}]*\"msg\":\"three\"\\}\n"));
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0600});
}

TEST(Log, SaysWhyAFileCannotBeWritten) {
  try {
    log::set_file("/nowhere/orch.log");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0002");
  }
}

}  // namespace
}  // namespace orch
