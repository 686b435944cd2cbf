// Map states in Mode DISTRIBUTED.
#include <atomic>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/engine/engine_fixture.h"
#include "workers/map_items/items.h"

namespace orch::engine {
namespace {

using ::testing::ElementsAre;

/// A Map whose iterations run `resource`; `more` are further fields of the state.
std::string distributed(const std::string& resource, const std::string& more = "") {
  return fmt::format(
      R"("A":{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED"}},)"
      R"("StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{}","End":true}}}}}}{},"End":true}})",
      resource, more);
}

TEST_F(EngineTest, IterationsOfADistributedMapAreRunsOfTheirOwn) {
  const auto row =
      run(distributed("orch:noop", R"(,"Label":"each","MaxConcurrency":2)"), "[5,6,7]");
  EXPECT_EQ(row.output, "[5,6,7]");
  EXPECT_THAT(types(row), ElementsAre("ExecutionStarted", "MapStateEntered", "MapStateStarted",
                                      "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded",
                                      "MapStateExited", "ExecutionSucceeded"));
  store::ListFilter children;
  children.children = true;
  children.workflow = "test/each";
  EXPECT_EQ(store_->list(children).size(), 3u);
  EXPECT_EQ(store_->list({}).size(), 1u) << "they are not listed among the others";
}

TEST_F(EngineTest, ADistributedMapWorksInBatches) {
  const auto row = run(distributed("orch:noop", R"(,"ItemBatcher":{"MaxItemsPerBatch":2,)"
                                                R"("BatchInput":{"k":1}})"),
                       "[1,2,3]");
  EXPECT_EQ(row.output,
            R"([{"BatchInput":{"k":1},"Items":[1,2]},{"BatchInput":{"k":1},"Items":[3]}])");
}

// Each selection takes longer than a turn gives it: it is made on another thread, in its order.
TEST_F(EngineTest, AnItemSelectorThatTakesLongGivesWhatAShortOneGives) {
  const auto* selector =
      R"(,"QueryLanguage":"JSONata","ItemSelector":"{% ($f := function($n) { $n = 0 ? )"
      R"($states.context.Map.Item.Value * 10 : $f($n - 1) }; $f(60000)) %}")";
  EXPECT_EQ(run(distributed("orch:noop", selector), "[1,2,3]").output, "[10,20,30]");
  const auto batches =
      distributed("orch:noop", std::string(selector) + R"(,"ItemBatcher":{"MaxItemsPerBatch":2})");
  EXPECT_EQ(run(batches, "[1,2,3]").output, R"([{"Items":[10,20]},{"Items":[30]}])");
}

TEST_F(EngineTest, AnItemSelectorThatFailsLateFailsTheMap) {
  const auto row = run(
      distributed("orch:noop",
                  R"(,"QueryLanguage":"JSONata","ItemSelector":"{% ($f := function($n) { $n = 0 ? )"
                  R"($error('late') : $f($n - 1) }; $f(60000)) %}")"),
      "[1]");
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_EQ(row.error, "States.QueryEvaluationError");
}

TEST_F(EngineTest, FailuresOfADistributedMapAreToleratedUpToTheLimit) {
  add("orch:odd", [](const auto& task, auto&) -> boost::json::value {
    if (task.input.as_int64() % 2 == 1) throw workers::TaskFailed("Odd", "odd");
    return task.input;
  });
  const auto tolerated = run(distributed("orch:odd", R"(,"ToleratedFailureCount":2)"), "[1,2,3,4]");
  EXPECT_EQ(tolerated.output, "[2,4]");
  const auto exceeded = run(distributed("orch:odd", R"(,"ToleratedFailureCount":1)"), "[1,2,3,4]");
  EXPECT_EQ(exceeded.status, execution::Status::failed);
  EXPECT_EQ(exceeded.error, "States.ExceedToleratedFailureThreshold");
  const auto share =
      run(distributed("orch:odd", R"(,"ToleratedFailurePercentage":50)"), "[1,2,3,4]");
  EXPECT_EQ(share.output, "[2,4]");
  const auto either =
      run(distributed("orch:odd", R"(,"ToleratedFailureCount":1,"ToleratedFailurePercentage":100)"),
          "[1,2,3,4]");
  EXPECT_EQ(either.error, "States.ExceedToleratedFailureThreshold") << "one limit is enough";
}

TEST_F(EngineTest, ADistributedMapGoesOnAfterARestart) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_->submit(submission(distributed("orch:gate"), "[1,2,3,4,5,6,7,8]")).run_id;
  gate.wait_for_arrivals(1);
  gate.open();
  end();
  start();
  EXPECT_EQ(engine_->wait(id).output, "[1,2,3,4,5,6,7,8]");
}

TEST_F(EngineTest, StoppingTheRunStopsItsIterations) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_->submit(submission(distributed("orch:gate"), "[1,2]")).run_id;
  gate.wait_for_arrivals(2);
  engine_->stop(id, "", "");
  gate.open();
  engine_->wait_idle();
  store::ListFilter running;
  running.status = execution::Status::running;
  running.children = true;
  EXPECT_EQ(store_->list(running).size(), 0u);
}

/// Reads its items from the file "items.jsonl" in `folder`; `more` are further fields.
std::string reading(const std::string& resource, const std::filesystem::path& folder,
                    const std::string& more = "") {
  return distributed(
      resource,
      fmt::format(R"(,"ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","Parameters":)"
                  R"({{"Bucket":"file:{}","Key":"items.jsonl"}},"ReaderConfig":)"
                  R"({{"InputType":"JSONL"}}}}{})",
                  folder.string(), more));
}

class MapRunTest : public EngineTest {
 protected:
  MapRunTest() { registry_.set_outside(map_items::make_outside()); }

  void put_items(int count) {
    std::ofstream file(folder_ / "items.jsonl");
    for (int i = 0; i < count; ++i) file << i << '\n';
  }
  std::string numbers(int count) {
    std::string text = "[";
    for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + std::to_string(i);
    return text + "]";
  }
};

TEST_F(MapRunTest, ItemsComeFromOutside) {
  put_items(20'000);
  const auto row = run(reading("orch:noop", folder_.path()));
  EXPECT_EQ(row.output, numbers(20'000));
  put_items(0);
  EXPECT_EQ(run(reading("orch:noop", folder_.path())).output, "[]");
}

TEST_F(MapRunTest, BatchesEndWhereBytesDo) {
  put_items(100);
  const auto row =
      run(reading("orch:noop", folder_.path(),
                  R"(,"ItemBatcher":{"MaxInputBytesPerBatch":80,"MaxItemsPerBatch":30})"));
  std::int64_t next = 0;
  const auto output = json::parse(*row.output);
  for (const auto& batch : output.as_array()) {
    EXPECT_LE(json::write(batch).size(), 80u);
    for (const auto& item : batch.at("Items").as_array()) EXPECT_EQ(item.as_int64(), next++);
  }
  EXPECT_EQ(next, 100);
}

TEST_F(MapRunTest, TheItemsOfABrokenFileFailTheRun) {
  put_items(10);
  std::ofstream(folder_ / "items.jsonl", std::ios::app) << "{\n";
  const auto row = run(reading("orch:noop", folder_.path()));
  EXPECT_EQ(row.error, "States.ItemReaderFailed");
  EXPECT_THAT(*row.cause, ::testing::HasSubstr("line 11"));
  EXPECT_THAT(types(row), ::testing::Contains("MapRunFailed"));
}

TEST_F(MapRunTest, ReadingGoesOnAfterARestart) {
  put_items(3'000);
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_
                      ->submit(submission(reading("orch:gate", folder_.path(),
                                                  R"(,"MaxConcurrency":3,"ItemBatcher":)"
                                                  R"({"MaxItemsPerBatch":7})")))
                      .run_id;
  gate.wait_for_arrivals(3);
  gate.open();
  end();
  start();
  const auto output = json::parse(*engine_->wait(id).output);
  std::int64_t next = 0;
  for (const auto& batch : output.as_array())
    for (const auto& item : batch.at("Items").as_array()) EXPECT_EQ(item.as_int64(), next++);
  EXPECT_EQ(next, 3'000);
}

TEST_F(MapRunTest, ARedriveDoesOnlyWhatFailedOrWasNeverBegun) {
  std::atomic<int> done = 0;
  std::atomic<bool> broken = true;
  add("orch:third", [&](const auto& task, auto&) -> boost::json::value {
    if (broken && task.input.as_int64() == 2) throw workers::TaskFailed("Broken", "for now");
    ++done;
    return task.input;
  });
  const auto id =
      engine_->submit(submission(distributed("orch:third", R"(,"MaxConcurrency":1)"), "[0,1,2,3]"))
          .run_id;
  EXPECT_EQ(engine_->wait(id).error, "States.ExceedToleratedFailureThreshold");
  EXPECT_EQ(done, 2);
  engine_->redrive(id, {});
  EXPECT_EQ(engine_->wait(id).status, execution::Status::failed) << "it is still broken";
  broken = false;
  engine_->redrive(id, {});
  const auto row = engine_->wait(id);
  EXPECT_EQ(row.output, "[0,1,2,3]");
  EXPECT_EQ(done, 4);
  EXPECT_THAT(types(row), ::testing::Contains("MapRunRedriven").Times(2));
  EXPECT_THAT(types(row), ::testing::Contains("MapRunStarted").Times(1));
}

TEST_F(MapRunTest, ResultsGoOutside) {
  put_items(1'200);
  const auto row = run(reading(
      "orch:noop", folder_.path(),
      fmt::format(R"(,"ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject","Parameters":)"
                  R"({{"Bucket":"file:{}","Prefix":"out"}},"WriterConfig":)"
                  R"({{"Transformation":"COMPACT","OutputType":"JSON"}}}})",
                  folder_.path().string())));
  const auto details = json::parse(row.output.value()).at("ResultWriterDetails");
  std::string key(details.at("Key").as_string());
  std::stringstream text;
  text << std::ifstream(folder_ / key.replace(key.find("manifest"), key.npos, "SUCCEEDED_0.json"))
              .rdbuf();
  EXPECT_EQ(text.str(), numbers(1'200));
}

}  // namespace
}  // namespace orch::engine
