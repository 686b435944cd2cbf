// What a store must do, whichever database keeps it: pipelines, their revisions, fires, positions
// and backfills, and the runs that belong to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/pipelines.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

PipelineRevision revision(const std::string& document) {
  PipelineRevision made;
  made.document = document;
  made.workflow = "load";
  made.definition_hash = definition_hash("{}");
  made.alias = "live";
  made.connections = "/etc/connections.json";
  made.made_at = at(1'000);
  made.made_by = "ada";
  return made;
}

FireRow fire(const std::string& trigger, std::int64_t ms, FireOutcome outcome) {
  FireRow made{"load", trigger, std::to_string(ms), "schedule", at(ms), outcome};
  made.reason = "because";
  made.decided_at = at(ms + 1);
  return made;
}

class PipelinesExam : public Exam {
 protected:
  Pipelines& pipelines() { return beside_->pipelines(); }

  void deploy(const std::string& name, const std::string& document) {
    const auto added = pipelines().add_revision(name, revision(document), "{}");
    pipelines().put({name, "dwh", added, at(2'000)});
  }
  std::vector<std::string> keys(const FireFilter& filter) {
    std::vector<std::string> found;
    for (const auto& each : pipelines().fires(filter)) found.push_back(each.trigger + each.key);
    return found;
  }

  /// Of one more pipeline, whose runs began in another order than they were added in.
  void expect_pages_of_pipelines() {
    for (const auto& [id, began] : {std::pair{"n1", 30}, {"n2", 10}, {"n3", 20}, {"n4", 20}})
      add_run(id, began, "night");
    const auto listed = [&](ListFilter filter) {
      std::vector<std::string> found;
      for (const auto& row : store_->list(filter)) found.push_back(row.made.run_id);
      return found;
    };
    EXPECT_THAT(listed({.pipeline = "night"}), ElementsAre("n1", "n4", "n3", "n2"));
    const auto third = store_->find("n3");
    EXPECT_THAT(listed({.pipeline = "night", .behind = {{third.made.started_at, third.id}}}),
                ElementsAre("n2"));
    EXPECT_THAT(listed({.limit = 1, .not_before = at(20), .before = at(30), .pipeline = "night"}),
                ElementsAre("n4"));
    EXPECT_THAT(listed({.status = execution::Status::running, .pipeline = "night"}),
                ElementsAre("n1", "n4", "n3", "n2"));
    EXPECT_THAT(listed({.named = "3", .pipeline = "night", .pipelines = {{"night", "load"}}}),
                ElementsAre("n3"));
    EXPECT_THAT(listed({.pipeline = "night", .pipelines = {{"load"}}}), IsEmpty());
    EXPECT_THAT(listed({.pipelines = {{"load"}}}), ElementsAre("of-load"));
    EXPECT_THAT(listed({.pipeline = "none"}), IsEmpty());
  }
  void add_run(const std::string& id, std::int64_t began, const std::string& pipeline) {
    const auto turn = store_->begin();
    NewExecution made;
    made.run_id = made.name = id;
    made.workflow = pipeline;
    made.definition_hash = definition_hash("{}");
    made.input = "{}";
    made.started_at = at(began);
    made.pipeline = PipelineLink{pipeline, 1, "t", "schedule", at(10), {}};
    turn->add(made);
    turn->commit();
  }

  std::unique_ptr<Store> beside_ = open_beside_owner(url_);
};

TEST_P(PipelinesExam, KeepsWhatAPipelineIsAndWas) {
  deploy("load", "{\"a\":1}");
  deploy("load", "{\"a\":2}");
  const auto now = pipelines().find("load");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->project, "dwh");
  EXPECT_EQ(now->deployed_at, at(2'000));
  EXPECT_EQ(now->revision.number, 2);
  EXPECT_EQ(now->revision.document, "{\"a\":2}");
  EXPECT_EQ(now->revision.alias, "live");
  EXPECT_EQ(now->revision.connections, "/etc/connections.json");
  EXPECT_EQ(now->revision.made_by, "ada");
  EXPECT_FALSE(now->revision.machine_version);
  EXPECT_EQ(store_->definition(now->revision.definition_hash), "{}") << "the owner reads it";
  EXPECT_FALSE(pipelines().find("none"));

  auto back = *now;  // a rollback
  back.revision = pipelines().revisions("load").back();
  pipelines().put(back);
  EXPECT_EQ(pipelines().find("load")->revision.number, 1);
  deploy("load", "{\"a\":3}");
  EXPECT_EQ(pipelines().find("load")->revision.number, 3) << "a number is not used again";
}

TEST_P(PipelinesExam, OneTransactionDeploysWithTheStateMachine) {
  EXPECT_THROW(beside_->machines().transact([&] {
    beside_->machines().add({0, "load", false, at(1'000), {}}, "{}");
    deploy("load", "{}");
    throw Error("ORCH-0004", "stop");
  }),
               Error);
  EXPECT_FALSE(pipelines().find("load"));
  EXPECT_THAT(pipelines().revisions("load"), IsEmpty());
}

TEST_P(PipelinesExam, PausesWithANoteAndAPerson) {
  deploy("load", "{}");
  pipelines().set_paused("load", PipelinePause{at(5'000), "ada", "migration"});
  reopen();
  const auto paused = store_->pipelines().find("load")->paused;
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->since, at(5'000));
  EXPECT_EQ(paused->by, "ada");
  EXPECT_EQ(paused->note, "migration");
  pipelines().set_paused("load", std::nullopt);
  EXPECT_FALSE(pipelines().find("load")->paused);
}

TEST_P(PipelinesExam, AFireHasOneRowForEachKeyOfItsTrigger) {
  for (const auto ms : {20, 10, 30}) pipelines().put_fire(fire("t", ms, FireOutcome::queued));
  pipelines().put_fire(fire("u", 20, FireOutcome::skipped));
  auto started = fire("t", 20, FireOutcome::started);
  started.run_id = "r1";
  started.input = "[]";
  started.facts = "{\"file\":\"a\"}";
  started.backfill = pipelines().add_backfill({0, "load", "t", at(0), at(99)});
  pipelines().put_fire(started);
  const auto found = pipelines().fire("load", "t", "20");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->outcome, FireOutcome::started);
  EXPECT_EQ(found->run_id, "r1");
  EXPECT_EQ(found->input, "[]");
  EXPECT_EQ(found->facts, "{\"file\":\"a\"}");
  EXPECT_EQ(found->backfill, started.backfill);
  EXPECT_THAT(keys({"load"}), ElementsAre("t30", "u20", "t20", "t10"));
  EXPECT_THAT(keys({.pipeline = "load", .outcome = FireOutcome::queued, .oldest_first = true}),
              ElementsAre("t10", "t30"));
  EXPECT_THAT(keys({.pipeline = "load", .trigger = "u"}), ElementsAre("u20"));
  EXPECT_THAT(keys({.pipeline = "load", .not_before = at(20), .before = at(30)}),
              ElementsAre("u20", "t20"));
  EXPECT_THAT(keys({.pipeline = "load", .backfill = started.backfill}), ElementsAre("t20"));
  EXPECT_THAT(keys({.pipeline = "load", .backfilled = false, .before = at(21)}),
              ElementsAre("u20", "t10"));
  EXPECT_THAT(keys({.pipeline = "load", .limit = 1}), ElementsAre("t30"));
  EXPECT_THAT(keys({"other"}), IsEmpty());
}

TEST_P(PipelinesExam, WhatIsQueuedOfARemovedPipelineIsSkippedAndTheRestStays) {
  deploy("load", "{}");
  pipelines().put_fire(fire("t", 10, FireOutcome::started));
  pipelines().put_fire(fire("t", 20, FireOutcome::queued));
  pipelines().set_position("load", "t", {"{}", at(20)});
  pipelines().remove("load", "removed by ada");
  EXPECT_FALSE(pipelines().find("load"));
  EXPECT_FALSE(pipelines().position("load", "t"));
  EXPECT_EQ(pipelines().fire("load", "t", "10")->outcome, FireOutcome::started);
  EXPECT_EQ(pipelines().fire("load", "t", "20")->outcome, FireOutcome::skipped);
  EXPECT_EQ(pipelines().fire("load", "t", "20")->reason, "removed by ada");
}

TEST_P(PipelinesExam, KeepsPositionsAndBackfills) {
  EXPECT_FALSE(pipelines().position("load", "t"));
  pipelines().set_position("load", "t", {"{}", at(20)});
  pipelines().set_position("load", "t", {"{}", at(30)});
  EXPECT_EQ(pipelines().position("load", "t")->at, at(30));
  pipelines().set_position("load", "s", {"{}", at(10)});
  EXPECT_THAT(pipelines().positioned("load"), ElementsAre("s", "t"));
  pipelines().drop_position("load", "t");
  EXPECT_THAT(pipelines().positioned("load"), ElementsAre("s"));
  const BackfillRow asked{0, "load", "t", at(1), at(9), true, 3, at(10), "ada", "late"};
  const auto id = pipelines().add_backfill(asked);
  const auto found = pipelines().backfill(id);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->newest_first);
  EXPECT_EQ(found->at_once, 3);
  EXPECT_EQ(found->to, at(9));
  EXPECT_EQ(found->note, "late");
  EXPECT_EQ(pipelines().backfills("load").size(), 1U);
}

// A turn writes runs and fires together or neither.
TEST_P(PipelinesExam, RunsBelongToAPipelineAndAreFoundByIt) {
  const auto add = [&](const std::string& id, std::optional<PipelineLink> link, bool commit) {
    const auto turn = store_->begin();
    turn->keep_definition(definition_hash("{}"), "{}");
    NewExecution made;
    made.run_id = made.name = id;
    made.workflow = "load";
    made.definition_hash = definition_hash("{}");
    made.input = "{}";
    made.started_at = at(1'000);
    made.pipeline = std::move(link);
    turn->add(made);
    store_->pipelines().put_fire(fire("t", 10, FireOutcome::started));
    if (commit) turn->commit();
  };
  const PipelineLink link{"load", 2, "t", "schedule", at(10), 7};
  add("lost", link, false);
  EXPECT_FALSE(pipelines().fire("load", "t", "10"));
  add("of-load", link, true);
  add("of-none", std::nullopt, true);
  EXPECT_TRUE(pipelines().fire("load", "t", "10"));
  EXPECT_FALSE(store_->find("of-none").made.pipeline);
  const auto found = store_->find("of-load").made.pipeline;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->pipeline, "load");
  EXPECT_EQ(found->revision, 2);
  EXPECT_EQ(found->trigger, "t");
  EXPECT_EQ(found->kind, "schedule");
  EXPECT_EQ(found->fire_time, at(10));
  EXPECT_EQ(found->backfill, 7);
  std::vector<std::string> listed;
  for (const auto& row : store_->list({.pipeline = "load"})) listed.push_back(row.made.run_id);
  EXPECT_THAT(listed, ElementsAre("of-load"));
  expect_pages_of_pipelines();
  const auto under_way = pipelines().under_way("load");
  ASSERT_EQ(under_way.size(), 1U);
  EXPECT_EQ(under_way[0].run_id, "of-load");
  EXPECT_EQ(under_way[0].backfill, 7);
  auto row = store_->find("of-load");
  row.status = execution::Status::succeeded;
  row.ended_at = at(2'000);
  const auto turn = store_->begin();
  turn->set_outcome(row);
  turn->commit();
  EXPECT_THAT(pipelines().under_way("load"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, PipelinesExam, ::testing::ValuesIn(implementations()), name_of);

}  // namespace
}  // namespace orch::store
