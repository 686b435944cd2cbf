// Bindings files: what stands in for the resources of a definition.
#include "workers/bindings/bindings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "tests/support/temp_folder.h"
#include "workers/completable.h"

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

TEST_F(Bindings, MarksThatShareACharacterMakeNoExpression) {
  bind(R"({"a:*":{"worker":"orch:noop","input":{"text":"{%}","sum":"{%1+1%}"}}})");
  EXPECT_EQ(json::write(run("a:b", "{}")), R"({"text":"{%}","sum":2})");
}

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

TEST_F(Bindings, AnswersAreChosenByStateInputAndCall) {
  bind(R"({"x":{"mock":[
           {"state":["A","B"],"result":"of A or B"},
           {"when":"{% id > 9 %}","error":"TooLarge","cause":"more than 9"},
           {"call":2,"result":"second"},
           {"error":"Busy"},{"result":"rest"}]}})");
  const auto answer = [&](const std::string& state, int ticket, const std::string& input,
                          int attempt = 0) {
    workers::Task task;
    task.run = "r";
    task.ticket = ticket;
    task.resource = "x";
    task.state = state;
    task.attempt = attempt;
    task.input = json::parse(input);
    Quiet quiet;
    try {
      return std::string(registry_.find("x")->run(task, quiet).as_string());
    } catch (const workers::TaskFailed& failure) {
      return failure.error();
    }
  };
  EXPECT_EQ(answer("C", 1, R"({"id":1})"), "Busy");
  EXPECT_EQ(answer("B", 2, R"({"id":10})"), "of A or B");
  EXPECT_EQ(answer("C", 2, R"({"id":10})"), "TooLarge");
  EXPECT_EQ(answer("C", 2, R"({})"), "second") << "delivered twice: the same call";
  EXPECT_EQ(answer("C", 3, R"({"id":1})", 1), "rest");
}

TEST_F(Bindings, NoAnswerForATaskIsTold) {
  bind(R"({"x":{"mock":[{"state":"A","result":1}]}})");
  try {
    run("x", "{}");
    FAIL();
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Binding.Failed");
    EXPECT_THAT(failure.cause(), HasSubstr("no recorded answer"));
  }
}

TEST_F(Bindings, AFunctionAnswersLambdaInvokeToo) {
  bind(R"({"arn:aws:states:::lambda:invoke":{"mock":{"result":"explicit"}},
           "arn:aws:lambda:*:*:function:Load*":{"mock":[{"when":"{% n = 2 %}","error":"Bad"},
                                                        {"result":{"ok":true}}]}})");
  const std::string invoke = "arn:aws:states:::lambda:invoke";
  for (const std::string name : {"LoadA", "LoadA:prod", "123456789012:function:LoadA",
                                 "arn:aws:lambda:us-east-1:123456789012:function:LoadA",
                                 "arn:aws:lambda:us-east-1:123456789012:function:LoadA:7"})
    EXPECT_EQ(json::write(run(invoke, R"({"FunctionName":")" + name + R"(","Payload":{}})")),
              R"({"ExecutedVersion":"$LATEST","Payload":{"ok":true},"StatusCode":200})")
        << name;
  EXPECT_EQ(run(invoke, R"({"FunctionName":"Other"})"), "explicit");
  EXPECT_EQ(json::write(run("arn:aws:states:::aws-sdk:lambda:invoke",
                            R"({"FunctionName":"LoadA","Payload":{"n":1}})")),
            R"({"ExecutedVersion":"$LATEST","Payload":"{\"ok\":true}","StatusCode":200})");
  try {
    run(invoke, R"({"FunctionName":"LoadA","Payload":{"n":2}})");
    FAIL();
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Bad");
  }
}

class Open final : public workers::TaskContext, public workers::Completable {
 public:
  bool stop_requested() const override { return false; }
  void report(const workers::Progress&) override {}
  void heartbeat() override {}
  void complete() override { completed = true; }

  bool completed = false;
};

TEST_F(Bindings, WhatTheTokenOrTheExecutionWouldBringEndsTheTask) {
  bind(R"({"arn:aws:states:::sqs:sendMessage.waitForTaskToken":{"mock":{"token":true,"result":1}},
           "arn:aws:states:::ecs:runTask.waitForTaskToken":{"mock":{"result":1}},
           "arn:aws:states:::states:startExecution.sync:2":{"worker":"orch:noop"},
           "arn:aws:states:::sns:publish.waitForTaskToken":{"worker":"orch:noop"}})");
  const std::pair<const char*, bool> table[] = {
      {"arn:aws:states:::sqs:sendMessage.waitForTaskToken", true},
      {"arn:aws:states:::ecs:runTask.waitForTaskToken", false},
      {"arn:aws:states:::states:startExecution.sync:2", true},
      {"arn:aws:states:::sns:publish.waitForTaskToken", false}};
  for (const auto& [resource, completes] : table) {
    workers::Task task;
    task.resource = resource;
    Open open;
    registry_.find(resource)->run(task, open);
    EXPECT_EQ(open.completed, completes) << resource;
  }
}

TEST_F(Bindings, StateMachinesAreFilesBesideTheBindings) {
  const auto file = folder_.write("b.json", R"({"state_machines":{"Child":"c/child.asl.json"}})");
  const auto machines = orch::bindings::bind(registry_, file);
  ASSERT_EQ(machines.size(), 1U);
  EXPECT_EQ(machines[0].name, "Child");
  EXPECT_EQ(machines[0].file, file.parent_path() / "c/child.asl.json");
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
