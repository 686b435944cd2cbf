#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/http_server.h"
#include "tests/tools/tool_test.h"
#include "workers/tools/text_template.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;

class NotifyTool : public ToolTest {
 protected:
  boost::json::value call(const std::string& input) { return run(*worker_, input); }
  Failure call_fails(const std::string& input) { return fails(*worker_, input); }

  std::unique_ptr<workers::Worker> worker_ = tools::make_notify();
};

TEST_F(NotifyTool, PostsToAWebhook) {
  HttpServer server({answer("200 OK", "ok", "")});
  connect(R"("hook":{"url":")" + server.url() + R"(/services/T1"})");
  const auto output = call(R"({"to":{"connection":"hook"},"text":"{n} rows, failed: {failed}",)"
                           R"("data":{"n":3,"failed":["a","b"]}})");
  EXPECT_EQ(json::write(output), R"({"to":"hook","text":"3 rows, failed: a, b"})");
  EXPECT_THAT(server.requests().at(0), HasSubstr("POST /services/T1 HTTP/1.1"));
  EXPECT_THAT(server.requests().at(0),
              HasSubstr(R"({"text":"3 rows, failed: a, b","run":"nightly")"));
}

TEST_F(NotifyTool, AppendsLinesToAFile) {
  connect("");
  call(R"({"to":{"file":"log.jsonl"},"text":"one"})");
  call(R"({"to":{"file":"log.jsonl"},"text":"two\nlines"})");
  std::ifstream log(folder_ / "log.jsonl");
  std::string first, second, none;
  std::getline(log, first);
  std::getline(log, second);
  EXPECT_EQ(json::parse(first).at("text"), "one");
  EXPECT_EQ(json::parse(second).at("text"), "two\nlines");
  EXPECT_FALSE(std::getline(log, none));
  EXPECT_EQ(call_fails(R"({"to":{"file":"no/log"},"text":"x"})").error, "Notify.Failed");
}

TEST_F(NotifyTool, RunsAProgram) {
  connect("");
  call(R"({"to":{"argv":["sh","-c","cat > told"]},"text":"hello"})");
  std::string told;
  std::getline(std::ifstream(folder_ / "told"), told);
  EXPECT_EQ(json::parse(told).at("text"), "hello");
  EXPECT_EQ(call_fails(R"({"to":{"argv":["false"]},"text":"x"})").error, "Process.ExitCode.1");
}

TEST_F(NotifyTool, EveryProblemOfTheInputAtOnce) {
  connect("");
  const auto failed =
      call_fails(R"({"to":{"file":"a","connection":"b","x":1},"text":"{nope}","data":{}})");
  EXPECT_EQ(failed.error, "Input.Invalid");
  for (const char* part : {"exactly one of", "\"x\"", "nope"})
    EXPECT_THAT(failed.message, HasSubstr(part));
}

TEST(TextTemplate, FillsPlaces) {
  const auto data = json::parse(R"({"a":{"b":[10,{"c":"x"}]},"s":"{a}","none":null})");
  const auto fill = [&](const char* text) { return tools::fill_template(text, data); };
  EXPECT_EQ(fill("plain"), "plain");
  EXPECT_EQ(fill("{a.b.0}-{a.b.1.c}-{s}-{none}-{{s}}"), "10-x-{a}-null-{s}");
  EXPECT_EQ(fill("{a}"), R"({"b":[10,{"c":"x"}]})");
  for (const char* wrong : {"{", "}", "{s", "{}", "{x}", "{a.b.2}", "{a.b.-1}", "{s.t}"})
    EXPECT_THROW(fill(wrong), std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace orch::test
