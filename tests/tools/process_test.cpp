#include <csignal>
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/tool_test.h"
#include "workers/library/child_process.h"
#include "workers/tools/tools.h"

namespace orch::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProcessTool : public ToolTest {
 protected:
  ProcessTool() { connect(""); }
  /// Input that runs `script` by a shell, with more members.
  static std::string shell(const std::string& script, const std::string& more = "") {
    return R"({"argv":["sh","-c",)" + json::write(boost::json::string(script)) + "]" + more + "}";
  }
  boost::json::value call(const std::string& input) { return run(*worker_, input); }
  Failure call_fails(const std::string& input) { return fails(*worker_, input); }

  std::unique_ptr<workers::Worker> worker_ = tools::make_process();
};

TEST_F(ProcessTool, SpeaksJsonBothWays) {
  EXPECT_EQ(json::write(call(R"({"argv":["cat"],"input":{"a":[1,"ü"]}})")), R"({"a":[1,"ü"]})");
  EXPECT_TRUE(call(R"({"argv":["true"]})").is_null());
  EXPECT_EQ(call(R"({"argv":["echo","{\"$x\": \"; rm\"}"],"output":"text"})"),
            "{\"$x\": \"; rm\"}\n");
}

TEST_F(ProcessTool, GetsTheProjectFolderAndAShortEnvironment) {
  setenv("ORCH_TEST_SECRET", "hidden", 1);
  EXPECT_EQ(json::write(call(shell("printf '\"%s\"' \"${PWD##*/}\""))),
            '"' + folder_.path().filename().string() + '"');
  EXPECT_EQ(call(shell("echo \"[$ORCH_TEST_SECRET]\"", R"(,"output":"text")")), "[]\n");
  EXPECT_EQ(call(shell("echo $ORCH_TEST_SECRET $ORCH_RUN $ORCH_DELIVERY",
                       R"(,"output":"text","environment":["ORCH_TEST_SECRET"])")),
            "hidden run1 run1-7-0\n");
  unsetenv("ORCH_TEST_SECRET");
}

TEST_F(ProcessTool, AnExitCodeIsAnErrorOfItsOwn) {
  const auto failed = call_fails(shell("echo broken >&2; echo 1; exit 3"));
  EXPECT_EQ(failed.error, "Process.ExitCode.3");
  EXPECT_EQ(failed.cause.at("exit_code"), 3);
  EXPECT_EQ(failed.cause.at("stderr"), "broken\n");
}

TEST_F(ProcessTool, OnlyTheEndOfStandardErrorIsKept) {
  const auto failed =
      call_fails(shell("head -c 300000 /dev/zero | tr '\\0' x >&2; echo the end >&2; exit 1"));
  const std::string tail(failed.cause.at("stderr").as_string());
  EXPECT_EQ(tail.size(), 4096u);
  EXPECT_THAT(tail, HasSubstr("the end"));
}

TEST_F(ProcessTool, ASignalIsNamed) {
  const auto failed = call_fails(shell("kill -SEGV $$"));
  EXPECT_EQ(failed.error, "Process.Killed");
  EXPECT_EQ(failed.cause.at("signal"), SIGSEGV);
}

TEST_F(ProcessTool, OutputMustBeJson) {
  const auto failed = call_fails(R"({"argv":["echo","hello"]})");
  EXPECT_EQ(failed.error, "Process.OutputInvalid");
  EXPECT_EQ(failed.cause.at("stdout"), "hello\n");
}

TEST_F(ProcessTool, OutputIsBounded) {
  const auto input =
      R"({"argv":["head","-c","100","/dev/zero"],"output":"text","max_output_bytes":)";
  EXPECT_EQ(call_fails(input + std::string("99}")).error, "Process.OutputTooLarge");
  EXPECT_EQ(call(input + std::string("100}")).as_string().size(), 100u);
  EXPECT_EQ(call_fails(R"({"argv":["yes"],"max_output_bytes":1000})").error,
            "Process.OutputTooLarge");
}

TEST_F(ProcessTool, AProgramThatReadsNothingIsNoProblem) {
  const auto input = json::write(boost::json::string(std::string(1'000'000, 'x')));
  EXPECT_EQ(call(R"({"argv":["echo","1"],"input":)" + input + "}"), 1);
}

/// True once process `pid` is gone (or a zombie not yet reaped).
bool gone(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/stat");
  std::string number, name, state;
  return !(status >> number >> name >> state) || state == "Z";
}

/// The signal was sent before the task ended; the kernel delivers it on its own time.
bool ends(const std::string& pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!gone(pid) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return gone(pid);
}

TEST_F(ProcessTool, ATimeoutKillsTheWholeGroup) {
  const auto failed =
      call_fails(shell("sleep 100 & echo $! > child; wait", R"(,"timeout_seconds":1)"));
  EXPECT_EQ(failed.error, "Process.Timeout");
  std::string child;
  std::ifstream(folder_ / "child") >> child;
  ASSERT_FALSE(child.empty());
  EXPECT_TRUE(ends(child));
  EXPECT_GT(context_.heartbeats, 2);
}

TEST_F(ProcessTool, WhatIsLeftOfTheGroupIsKilledAtTheEnd) {
  const auto child = std::to_string(call(shell("sleep 100 & echo $!")).as_int64());
  EXPECT_TRUE(ends(child));
}

TEST_F(ProcessTool, AProgramThatIgnoresTermIsKilled) {
  const auto end = library::run_program(
      {{"/bin/sh", "-c", "trap '' TERM; while :; do read x < /dev/tty || sleep 1; done"},
       {"PATH=/usr/bin:/bin"},
       folder_.path(),
       "",
       std::chrono::milliseconds(200)},
      [] {});
  EXPECT_EQ(end.kind, library::ProgramEnd::Kind::timed_out);
  EXPECT_EQ(end.code, SIGKILL);
}

TEST_F(ProcessTool, StopEndsIt) {
  context_.stop = true;
  EXPECT_THROW(call(R"({"argv":["sleep","100"]})"), workers::Cancelled);
}

TEST_F(ProcessTool, WhatCannotStart) {
  EXPECT_EQ(call_fails(R"({"argv":["no-such-program-here"]})").error, "Process.NotStarted");
  EXPECT_EQ(call_fails(R"({"argv":["true"],"folder":"missing"})").error, "Process.NotStarted");
}

TEST_F(ProcessTool, EveryProblemOfTheInputAtOnce) {
  const auto failed = call_fails(
      R"({"argv":["a","b\u0000c"],"environment":["ORCH_NOT_SET"],"output":"xml","shell":true})");
  EXPECT_EQ(failed.error, "Input.Invalid");
  for (const char* part : {"zero byte", "ORCH_NOT_SET", "xml", "shell"})
    EXPECT_THAT(failed.message, HasSubstr(part));
  EXPECT_EQ(call_fails("[]").error, "Input.Invalid");
  EXPECT_EQ(call_fails(R"({"argv":[]})").error, "Input.Invalid");
}

}  // namespace
}  // namespace orch::test
