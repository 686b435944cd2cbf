// Bindings files: what stands in for the resources of a definition.
#include "workers/bindings/bindings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "tests/support/temp_folder.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;
using ::testing::HasSubstr;

class Quiet final : public workers::TaskContext {
 public:
  bool stop_requested() const override { return false; }
  void report(const workers::Progress&) override {}
  void heartbeat() override {}
};

class Bindings : public ::testing::Test {
 protected:
  void bind(const std::string& bindings) {
    orch::bindings::bind(registry_, folder_.write("b.json", "{\"bindings\":" + bindings + "}"));
  }
  bj::value run(const std::string& resource, const std::string& input, std::int64_t attempt = 0) {
    workers::Task task;
    task.resource = resource;
    task.attempt = attempt;
    task.input = json::parse(input);
    Quiet quiet;
    auto* worker = registry_.find(resource);
    EXPECT_TRUE(worker) << resource;
    return worker ? worker->run(task, quiet) : bj::value();
  }
  std::vector<std::string> problems_of(const std::string& bindings) {
    std::vector<std::string> problems;
    try {
      bind(bindings);
    } catch (const InvalidDocument& refused) {
      EXPECT_EQ(refused.code(), "ORCH-0014");
      for (const auto& problem : refused.problems())
        problems.push_back(problem.pointer + ": " + problem.message);
    }
    return problems;
  }

  test::TempFolder folder_;
  workers::Registry registry_ = workers::built_in();
};

TEST_F(Bindings, AWorkerTakesTheTaskWithItsInputRespelled) {
  bind(R"({"arn:aws:states:::glue:startJobRun.sync":
           {"worker":"orch:noop","input":{"table":"{% Arguments.`--table` %}","n":1},
            "output":{"JobRunState":"SUCCEEDED","read":"{% $result.table %}"}}})");
  EXPECT_EQ(json::write(run("arn:aws:states:::glue:startJobRun.sync",
                            R"({"JobName":"stage","Arguments":{"--table":"treaty"}})")),
            R"({"JobRunState":"SUCCEEDED","read":"treaty"})");
}

TEST_F(Bindings, StarsStandForAnyTextAndTheFirstThatFitsServes) {
  bind(R"({"arn:aws:lambda:*:function:Load*":{"mock":{"result":1}},
           "arn:aws:lambda:*":{"mock":{"result":2}}})");
  EXPECT_EQ(run("arn:aws:lambda:eu-west-1:111122223333:function:LoadTreaty", "{}"), 1);
  EXPECT_EQ(run("arn:aws:lambda:eu-west-1:111122223333:function:Other", "{}"), 2);
}

TEST_F(Bindings, RecordedAnswersFollowTheAttempts) {
  bind(R"({"x":{"mock":[{"error":"Busy","cause":"come back","times":2},{"result":{"ok":true}}]}})");
  for (const int attempt : {0, 1}) {
    try {
      run("x", "{}", attempt);
      FAIL() << attempt;
    } catch (const workers::TaskFailed& failure) {
      EXPECT_EQ(failure.error(), "Busy");
      EXPECT_EQ(failure.cause(), "come back");
    }
  }
  for (const int attempt : {2, 9})
    EXPECT_EQ(json::write(run("x", "{}", attempt)), R"({"ok":true})");
}

TEST_F(Bindings, AProgramGetsTheInputAndGivesTheResult) {
  bind(R"({"x":{"process":{"argv":["sh","-c","sed s/1/2/"]}}})");
  EXPECT_EQ(json::write(run("x", R"({"n":1})")), R"({"n":2})");
}

TEST_F(Bindings, AnExpressionThatGivesNothingFailsTheTask) {
  bind(R"({"x":{"worker":"orch:noop","input":"{% none %}"}})");
  try {
    run("x", "{}");
    FAIL();
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Binding.Failed");
    EXPECT_THAT(failure.cause(), HasSubstr("none"));
  }
}

TEST_F(Bindings, EveryProblemOfTheFileIsTold) {
  EXPECT_THAT(
      problems_of(R"({"a":{"worker":"orch:stag"},"b":{},"c":{"worker":"orch:noop","mock":{}},
                      "d":{"http":{}},"e":{"mock":{"result":1,"error":"E"}},
                      "f":{"worker":"orch:noop","input":"{% ( %}"},"g":{"wroker":"x"},"h":1})"),
      ::testing::IsSupersetOf({HasSubstr("/bindings/a/worker: there is no worker \"orch:stag\""),
                               HasSubstr("/bindings/b: a binding has exactly one of"),
                               HasSubstr("/bindings/c: a binding has exactly one of"),
                               HasSubstr("/bindings/d/http: \"http\" needs \"url\""),
                               HasSubstr("/bindings/e/mock: a recorded answer has either"),
                               HasSubstr("/bindings/f/input: the JSONata does not parse"),
                               HasSubstr("/bindings/g"),
                               HasSubstr("/bindings/h: a binding must be an object")}));
}

}  // namespace
}  // namespace orch::bindings
