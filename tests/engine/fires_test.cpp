// The door of pipelines: what becomes of a fire, once, whatever happens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/pipelines_fixture.h"

namespace orch::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using FiresTest = PipelinesTest;

TEST_F(FiresTest, TheSameFireIsAnsweredWithWhatBecameOfIt) {
  deploy("load", "");
  const auto first = fire("load", "k");
  EXPECT_FALSE(first.again);
  EXPECT_EQ(first.fire.outcome, store::FireOutcome::started);
  const auto second = fire("load", "k");
  EXPECT_TRUE(second.again);
  EXPECT_EQ(second.fire.run_id, first.fire.run_id);
  begin();
  EXPECT_EQ(fire("load", "k").fire.run_id, first.fire.run_id) << "also after a restart";
  const auto run = beside_->find(first.fire.run_id);
  EXPECT_EQ(run.made.pipeline->pipeline, "load");
  EXPECT_EQ(run.made.pipeline->fire_time, first.fire.at);
  EXPECT_EQ(beside_->list({.pipeline = "load"}).size(), 1U);
  EXPECT_EQ(code_of([&] { fire("none", "k"); }), "ORCH-0802");
}

TEST_F(FiresTest, TheInputIsThePipelinesTemplateOverWhatTheTriggerKnows) {
  deploy("load", R"(,"input":{"file":"{% $trigger.file %}","of":"{% $pipeline.name %}"})");
  Fire made{"load", "t", "files", "k", now_.load()};
  made.facts = R"({"file":"a.csv"})";
  const auto input = json::parse(beside_->find(engine_->fire(made).fire.run_id).made.input);
  EXPECT_EQ(input.at("file").as_string(), "a.csv");
  EXPECT_EQ(input.at("of").as_string(), "load");
  EXPECT_EQ(input.at("trigger").at("fire_time").as_string(), "2027-03-01T00:00:00Z");
  EXPECT_EQ(input.at("trigger").at("date").as_string(), "2027-03-01");
  EXPECT_EQ(input.at("trigger").at("kind").as_string(), "files");
}

TEST_F(FiresTest, WhatATriggerWritesComesWithItsFireOrNotAtAll) {
  deploy("load", "");
  Fire made{"load", "t", "files", "k", now_.load()};
  made.also = [](store::Store& store, const store::FireRow& fire) {
    store.pipelines().add_backfill(
        {.pipeline = "load", .trigger = "t", .from = fire.at, .to = fire.at, .note = fire.run_id});
  };
  const auto fired = engine_->fire(made);
  EXPECT_EQ(beside_->pipelines().backfills("load").at(0).note, fired.fire.run_id);
  made.key = "l";
  made.also = [](store::Store&, const store::FireRow&) { throw Error("ORCH-0002", "no"); };
  EXPECT_EQ(code_of([&] { engine_->fire(made); }), "ORCH-0002");
  EXPECT_FALSE(beside_->pipelines().fire("load", "t", "l"));
  EXPECT_EQ(beside_->list({.pipeline = "load"}).size(), 1U);
}

TEST_F(FiresTest, ARunThatCannotStartIsRefusedWithTheReason) {
  deploy("input", R"(,"input":{"a":"{% $trigger.date + 1 %}"})");
  EXPECT_EQ(fire("input", "k").fire.outcome, store::FireOutcome::refused);
  EXPECT_THAT(row("input", "k").reason, HasSubstr("/a"));
  deploy("worker", "", R"({"Type":"Task","Resource":"orch:none","End":true})");
  EXPECT_EQ(fire("worker", "k").fire.outcome, store::FireOutcome::refused);
  EXPECT_THAT(row("worker", "k").reason, HasSubstr("orch:none"));
  EXPECT_THAT(beside_->list({}), IsEmpty());
}

TEST_F(FiresTest, WhatIsQueuedStartsWhenTheRunHasEndedAlsoInTheNextEngine) {
  deploy("load", R"(,"overlap":"queue_all")");
  for (const auto* key : {"a", "b", "c"}) fire("load", key);
  settle();
  EXPECT_THAT(under_way(), ElementsAre("load a"));
  EXPECT_EQ(outcome("load", "b"), "queued");
  finish("load", "a");
  EXPECT_THAT(under_way(), ElementsAre("load b"));
  engine_->stop(row("load", "b").run_id, "x", "y");
  begin();
  settle();
  EXPECT_EQ(outcome("load", "c"), "started");
}

TEST_F(FiresTest, QueueOneKeepsTheLatestAndCancelRunningStopsWhatRuns) {
  deploy("one", R"(,"overlap":"queue_one")");
  deploy("cancel", R"(,"overlap":"cancel_running")");
  for (const auto* name : {"one", "cancel"}) {
    fire(name, "a");
    settle();
    fire(name, "b");
    if (std::string(name) == "one") fire(name, "c");
    settle();
  }
  EXPECT_EQ(outcome("one", "b"), "skipped");
  EXPECT_EQ(outcome("one", "c"), "queued");
  EXPECT_EQ(outcome("cancel", "b"), "started");
  EXPECT_EQ(beside_->find(row("cancel", "a").run_id).status, execution::Status::aborted);
  finish("one", "a");
  EXPECT_EQ(outcome("one", "c"), "started");
}

TEST_F(FiresTest, APausedPipelineRunsOnlyWhatSomebodyAsksFor) {
  deploy("load", R"(,"overlap":"queue_all")");
  beside_->pipelines().set_paused("load", store::PipelinePause{now_.load(), "ada", "migration"});
  engine_->pipelines_changed();
  EXPECT_EQ(fire("load", "a").fire.outcome, store::FireOutcome::skipped);
  EXPECT_THAT(row("load", "a").reason, HasSubstr("paused by ada: migration"));
  EXPECT_EQ(fire("load", "b", true).fire.outcome, store::FireOutcome::started);
}

TEST_F(FiresTest, ABackfillRunsSoManyAtATimeInItsOrderAlsoWhilePausedAndBesideOthers) {
  deploy("load", "");
  beside_->pipelines().set_paused("load", store::PipelinePause{now_.load(), "ada", ""});
  store::BackfillRow backfill{0, "load", "t", now_.load(), now_.load(), true, 2};
  backfill.id = beside_->pipelines().add_backfill(backfill);
  for (int i = 1; i <= 5; ++i) {
    store::FireRow fire{"load", "t", std::to_string(i), "schedule", Instant{Millis{i}}};
    fire.backfill = backfill.id;
    beside_->pipelines().put_fire(fire);
  }
  engine_->pipelines_changed();
  settle();
  EXPECT_THAT(under_way(), ElementsAre("load 4", "load 5"));
  EXPECT_EQ(fire("load", "now", true).fire.outcome, store::FireOutcome::started)
      << "skip is a matter of runs that no backfill asked for";
  finish("load", "4");
  EXPECT_THAT(under_way(), ElementsAre("load 3", "load 5", "load now"));
  EXPECT_EQ(beside_->find(row("load", "3").run_id).made.pipeline->backfill, backfill.id);
}

TEST_F(FiresTest, AScheduleBeginsWhenItIsDeployedAndAnewWhenItIsAnotherOne) {
  const auto deploy_hourly = [&](const std::string& schedule) {
    deploy("load", R"(,"overlap":"allow","triggers":{)" + schedule + "}");
    settle();
  };
  const auto pass = [&](int minutes) {
    now_ = now_.load() + std::chrono::minutes(minutes);
    settle();
  };
  const auto fires = [&] {
    std::vector<std::string> keys;
    for (const auto& each : beside_->pipelines().fires({.pipeline = "load", .oldest_first = true}))
      keys.push_back(each.trigger + each.key.substr(10));
    return keys;
  };
  pass(30);
  deploy_hourly(R"("t":{"schedule":"@hourly"})");
  pass(60);  // 01:30
  EXPECT_THAT(fires(), ElementsAre("tT01:00:00Z"));
  deploy_hourly(R"("t":{"schedule":"15 * * * *"})");
  pass(60);  // 02:30
  EXPECT_THAT(fires(), ElementsAre("tT01:00:00Z", "tT02:15:00Z"));
  deploy_hourly("");
  pass(60);  // 03:30
  deploy_hourly(R"("t":{"schedule":"15 * * * *"})");
  pass(60);  // 04:30
  EXPECT_THAT(fires(), ElementsAre("tT01:00:00Z", "tT02:15:00Z", "tT04:15:00Z"))
      << "nothing is made up for while there was no such trigger";
}

TEST_F(FiresTest, ADamagedPipelineKeepsNoOtherFromFiring) {
  deploy("good", R"(,"overlap":"allow","triggers":{"t":{"schedule":"@hourly"}})");
  deploy("bad", R"(,"triggers":{"t":{"schedule":"@hourly"}},"of_a_later_version":1)");
  now_ = now_.load() + std::chrono::minutes(61);
  engine_->pipelines_changed();
  settle();
  EXPECT_EQ(outcome("good", "2027-03-01T01:00:00Z"), "started");
  EXPECT_EQ(code_of([&] { fire("bad", "k"); }), "ORCH-0801");
  deploy("bad", R"(,"triggers":{"t":{"schedule":"@hourly"}})");
  EXPECT_EQ(fire("bad", "k").fire.outcome, store::FireOutcome::started);
}

}  // namespace
}  // namespace orch::engine
