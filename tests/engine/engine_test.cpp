#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/json/text.h"
#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using ::testing::HasSubstr;

TEST_F(EngineTest, RunsAChainOfTasks) {
  const auto row = run(R"("A":{"Type":"Task","Resource":"orch:noop","Next":"B"},)"
                       R"("B":{"Type":"Task","Resource":"orch:noop","End":true})",
                       R"({"a": 1})");
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(row.output, R"({"a":1})");
  EXPECT_THAT(types(row),
              ::testing::ElementsAre("ExecutionStarted", "TaskStateEntered", "TaskScheduled",
                                     "TaskStarted", "TaskSucceeded", "TaskStateExited",
                                     "TaskStateEntered", "TaskScheduled", "TaskStarted",
                                     "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"));
}

TEST_F(EngineTest, AWorkersFailureBecomesErrorAndCause) {
  const auto row = run(R"("A":{"Type":"Task","Resource":"orch:fail","End":true})");
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_EQ(row.error, "Source.TableMissing");
  const auto cause = json::parse(*row.cause);
  EXPECT_EQ(cause.at("message"), "no table x");
  EXPECT_EQ(cause.at("hint"), "create it");
}

TEST_F(EngineTest, MapRunsItsIterationsAtTheSameTime) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_->submit(
      submission(R"("A":{"Type":"Map","ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task",)"
                 R"("Resource":"orch:gate","End":true}}},"End":true})",
                 "[1,2,3,4]"));
  gate.wait_for_arrivals(4);
  gate.open();
  EXPECT_EQ(engine_->wait(id.run_id).output, "[1,2,3,4]");
}

TEST_F(EngineTest, SubmitIsIdempotentByName) {
  auto made = submission(R"("A":{"Type":"Pass","End":true})", R"({"a":1})");
  made.name = "nightly";
  const auto first = engine_->submit(made);
  EXPECT_FALSE(first.existed);
  made.input = R"({ "a" : 1 })";
  const auto second = engine_->submit(made);
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(second.run_id, first.run_id);
  made.input = R"({"a":2})";
  EXPECT_EQ(code_of([&] { engine_->submit(made); }), "ORCH-0202");
}

TEST_F(EngineTest, RefusesWhatNobodyServes) {
  EXPECT_EQ(
      code_of([&] {
        engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:nop","End":true})"));
      }),
      "ORCH-0204");
  EXPECT_EQ(code_of([&] { engine_->submit(submission(R"("B":{"Type":"Pass","End":true})")); }),
            "ORCH-0101");
  EXPECT_TRUE(store_ != nullptr);
  EXPECT_TRUE(store::open_as_reader(path())->list({}).empty()) << "nothing was started";
}

TEST_F(EngineTest, RedriveContinuesFromTheFailedState) {
  std::atomic<bool> healed = false;
  std::atomic<int> first = 0;
  add("orch:first", [&](const auto& task, auto&) {
    ++first;
    return task.input;
  });
  add("orch:flaky", [&](const auto& task, auto&) -> boost::json::value {
    if (!healed) throw workers::TaskFailed("Connection.Down", "down");
    return task.input;
  });
  const auto failed = run(R"("A":{"Type":"Task","Resource":"orch:first","Next":"B"},)"
                          R"("B":{"Type":"Task","Resource":"orch:flaky","End":true})");
  EXPECT_EQ(failed.status, execution::Status::failed);
  healed = true;
  engine_->redrive(failed.made.run_id.substr(0, 12), {});
  const auto row = engine_->wait(failed.made.run_id);
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(row.redrive_count, 1);
  EXPECT_EQ(first, 1) << "what succeeded is kept";
  EXPECT_EQ(code_of([&] { engine_->redrive(row.made.run_id, {}); }), "ORCH-0205");
}

TEST_F(EngineTest, RedriveTakesACorrectedDefinition) {
  const auto broken =
      R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Task","Resource":"orch:fail","End":true})";
  const auto fixed =
      R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Task","Resource":"orch:noop","End":true})";
  const auto other =
      R"("A":{"Type":"Pass","Result":1,"Next":"B"},"B":{"Type":"Task","Resource":"orch:noop","End":true})";
  const auto failed = run(broken);
  Redrive redrive;
  redrive.definition = submission(other).definition;
  EXPECT_EQ(code_of([&] { engine_->redrive(failed.made.run_id, redrive); }), "ORCH-0205");
  redrive.definition = submission(fixed).definition;
  engine_->redrive(failed.made.run_id, redrive);
  EXPECT_EQ(engine_->wait(failed.made.run_id).status, execution::Status::succeeded);
}

TEST_F(EngineTest, RedriveFromAChosenState) {
  const auto failed = run(R"("A":{"Type":"Task","Resource":"orch:noop","Next":"B"},)"
                          R"("B":{"Type":"Task","Resource":"orch:fail","End":true})");
  Redrive redrive;
  redrive.from = "C";
  EXPECT_EQ(code_of([&] { engine_->redrive(failed.made.run_id, redrive); }), "ORCH-0205");
  redrive.from = "A";
  redrive.input = R"({"again":true})";
  engine_->redrive(failed.made.run_id, redrive);
  const auto row = engine_->wait(failed.made.run_id);
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_THAT(types(row), ::testing::Contains("ExecutionRedriven"));
}

TEST_F(EngineTest, StopEndsTheRunAndTellsTheWorker) {
  Gate gate;
  std::atomic<bool> told = false;
  add("orch:long", [&](const auto&, auto& context) -> boost::json::value {
    gate.pass();
    while (!context.stop_requested()) std::this_thread::yield();
    told = true;
    throw workers::Cancelled();
  });
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:long","End":true})"))
          .run_id;
  gate.wait_for_arrivals(1);
  engine_->stop(id, "Operator", "maintenance");
  const auto row = engine_->wait(id);
  gate.open();
  EXPECT_EQ(row.status, execution::Status::aborted);
  EXPECT_EQ(row.error, "Operator");
  end();
  EXPECT_TRUE(told);
}

TEST_F(EngineTest, ATaskThatTakesTooLongTimesOut) {
  add("orch:slow", [&](const auto&, auto& context) -> boost::json::value {
    while (!context.stop_requested()) std::this_thread::yield();
    throw workers::Cancelled();
  });
  const auto row = run(R"("A":{"Type":"Task","Resource":"orch:slow","TimeoutSeconds":1,"Catch":[)"
                       R"({"ErrorEquals":["States.Timeout"],"Next":"B"}],"End":true},)"
                       R"("B":{"Type":"Pass","Result":"late","End":true})");
  EXPECT_EQ(row.output, "\"late\"");
}

TEST_F(EngineTest, ASilentTaskMissesItsHeartbeat) {
  add("orch:silent", [&](const auto&, auto& context) -> boost::json::value {
    while (!context.stop_requested()) std::this_thread::yield();
    throw workers::Cancelled();
  });
  const auto row =
      run(R"("A":{"Type":"Task","Resource":"orch:silent","HeartbeatSeconds":1,"Catch":[)"
          R"({"ErrorEquals":["States.HeartbeatTimeout"],"Next":"B"}],"End":true},)"
          R"("B":{"Type":"Pass","Result":"silent","End":true})");
  EXPECT_EQ(row.output, "\"silent\"");
}

TEST_F(EngineTest, WaitsAndRetriesUseTimers) {
  std::atomic<int> calls = 0;
  add("orch:twice", [&](const auto& task, auto&) -> boost::json::value {
    EXPECT_EQ(task.attempt, calls);
    if (++calls == 1) throw workers::TaskFailed("Flaky", "once");
    return "ok";
  });
  const auto row = run(R"("A":{"Type":"Wait","Seconds":1,"Next":"B"},)"
                       R"("B":{"Type":"Task","Resource":"orch:twice","Retry":[{"ErrorEquals":)"
                       R"(["Flaky"],"IntervalSeconds":1}],"End":true})");
  EXPECT_EQ(row.output, "\"ok\"");
  EXPECT_GE(*row.ended_at - row.made.started_at, Millis{2'000});
}

TEST_F(EngineTest, ADrainedRunContinuesWithTheNextEngine) {
  Gate gate;
  std::atomic<int> second = 0;
  add("orch:first", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  add("orch:second", [&](const auto& task, auto&) {
    ++second;
    return task.input;
  });
  const auto id =
      engine_
          ->submit(submission(R"("A":{"Type":"Task","Resource":"orch:first","Next":"B"},)"
                              R"("B":{"Type":"Task","Resource":"orch:second","End":true})"))
          .run_id;
  gate.wait_for_arrivals(1);
  std::thread opener([&] { gate.open(); });
  engine_->drain(Millis{20'000});
  opener.join();
  EXPECT_EQ(second, 0) << "nothing new is started while draining";
  end();
  start();
  EXPECT_EQ(engine_->wait(id).status, execution::Status::succeeded);
  EXPECT_EQ(second, 1);
}

TEST_F(EngineTest, FencesGrowOverRestarts) {
  std::mutex mutex;
  std::vector<std::int64_t> fences;
  add("orch:fence", [&](const auto& task, auto&) {
    const std::scoped_lock lock(mutex);
    fences.push_back(task.fence);
    return task.input;
  });
  const auto states = R"("A":{"Type":"Task","Resource":"orch:fence","Next":"B"},)"
                      R"("B":{"Type":"Task","Resource":"orch:fence","End":true})";
  run(states);
  end();
  start();
  run(states);
  ASSERT_EQ(fences.size(), 4u);
  EXPECT_TRUE(std::is_sorted(fences.begin(), fences.end()));
  EXPECT_EQ(std::unique(fences.begin(), fences.end()), fences.end());
}

TEST_F(EngineTest, ASecondOwnerIsRefusedAndReadersAreNot) {
  try {
    store::open_as_owner(path(), "second");
    FAIL() << "two owners";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0201");
    EXPECT_THAT(error.what(), HasSubstr(fmt::format("process {} (test)", ::getpid())));
  }
  EXPECT_NO_THROW(store::open_as_reader(path())->list({}));
}

TEST_F(EngineTest, TheEventViewShowsSingleEvents) {
  run(R"("A":{"Type":"Pass","End":true})");
  sqlite::Database db(path(), sqlite::Access::read_only);
  sqlite::Statement query(db, "SELECT id, type, name FROM event ORDER BY id");
  std::string seen;
  while (query.step())
    seen += fmt::format("{} {} {};", query.int64(0), query.text(1), query.text(2));
  EXPECT_EQ(seen,
            "1 ExecutionStarted ;2 PassStateEntered A;3 PassStateExited A;4 ExecutionSucceeded ;");
}

TEST_F(EngineTest, ManyRunsOfManyTasks) {
  std::string states;
  for (int i = 0; i < 10; ++i)
    states += fmt::format(R"({}"{}":{{"Type":"Task","Resource":"orch:noop",{}}})", i ? "," : "",
                          i == 0 ? "A" : fmt::format("S{}", i),
                          i == 9 ? R"("End":true)" : fmt::format(R"("Next":"S{}")", i + 1));
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(engine_->submit(submission(states)).run_id);
  engine_->wait_idle();
  for (const auto& id : ids) EXPECT_EQ(engine_->wait(id).status, execution::Status::succeeded);
}

}  // namespace
}  // namespace orch::engine
