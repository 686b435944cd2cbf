// What a store must do, whichever database keeps it: runs, their histories, lists, fences.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/journal.h"
#include "orchestrator/store/machines.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using execution::Event;
using execution::EventType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

Event event(execution::EventId id) {
  Event made;
  made.id = id;
  made.previous = id - 1;
  made.at = at(1'000 + id);
  made.type = EventType::pass_state_entered;
  made.name = "S\"ö\n";
  made.payload = json::Payload::of_text(R"({ "b": 1.0, "a": "\u00e4" })");
  return made;
}

class StoreExam : public Exam {
 protected:
  NewExecution submission(const std::string& run_id, const std::string& name) {
    NewExecution made;
    made.run_id = run_id;
    made.name = name;
    made.workflow = "copy";
    made.input = "{ \"x\" : 1.0 }";
    made.connections = "c.json";
    made.started_at = at(1'000);
    return made;
  }

  ExecutionId add(const std::string& run_id, const std::string& name) {
    const auto turn = store_->begin();
    auto made = submission(run_id, name);
    made.definition_hash = definition_hash("{}");
    turn->keep_definition(made.definition_hash, "{}");
    const auto id = turn->add(made);
    turn->commit();
    return id;
  }

  // A child of the map run that `parent` began with its event 7.
  ExecutionId add_child(ExecutionId parent, std::int64_t index, const std::string& run_id) {
    const auto turn = store_->begin();
    auto made = submission(run_id, run_id);
    made.workflow = "copy/each";
    made.definition_hash = definition_hash("{}");
    made.parent = {{parent, 7, index, 1}};
    const auto id = turn->add(made);
    turn->commit();
    return id;
  }

  std::vector<std::string> names(const ListFilter& filter) {
    std::vector<std::string> found;
    for (const auto& row : store_->list(filter)) found.push_back(row.made.name);
    return found;
  }

  std::vector<execution::EventId> ids(ExecutionId id, execution::EventId after) {
    std::vector<execution::EventId> found;
    store_->history(id, after, [&](const Event& one) { found.push_back(one.id); });
    return found;
  }

  std::string refusal(const std::string& run) {
    try {
      return "found " + store_->find(run).made.run_id;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0203");
      return error.what();
    }
  }
};

TEST_P(StoreExam, KeepsASubmissionByteForByte) {
  add("aa11", "nightly");
  reopen();
  const auto row = store_->find("nightly");
  EXPECT_EQ(row.made.run_id, "aa11");
  EXPECT_EQ(row.made.workflow, "copy");
  EXPECT_EQ(row.made.input, "{ \"x\" : 1.0 }");
  EXPECT_EQ(row.made.connections, "c.json");
  EXPECT_EQ(row.made.started_at, at(1'000));
  EXPECT_EQ(row.status, execution::Status::running);
  EXPECT_FALSE(row.ended_at || row.output || row.error || row.cause);
  EXPECT_EQ(store_->definition(row.made.definition_hash), "{}");
}

TEST_P(StoreExam, KeepsEventsInOrderAcrossTurns) {
  const auto id = add("aa11", "nightly");
  for (const auto& batch : {std::vector{event(1), event(2)}, std::vector{event(3)}}) {
    const auto turn = store_->begin();
    turn->append(id, batch);
    turn->commit();
  }
  EXPECT_THAT(ids(id, 0), ElementsAre(1, 2, 3));
  EXPECT_THAT(ids(id, 1), ElementsAre(2, 3));
  EXPECT_THAT(ids(id, 3), ElementsAre());
  store_->history(id, 2, [](const Event& read) {
    EXPECT_EQ(read.name, event(3).name);
    EXPECT_EQ(read.payload->text(), event(3).payload->text());
    EXPECT_EQ(read.at, event(3).at);
  });
}

TEST_P(StoreExam, TakesBackWhatOneRunHasAppendedInATurn) {
  const auto one = add("aa11", "nightly");
  const auto other = add("bb22", "daily");
  auto turn = store_->begin();
  turn->append(one, std::vector{event(1)});
  turn->commit();
  turn = store_->begin();
  turn->append(one, std::vector{event(2), event(3)});
  turn->append(other, std::vector{event(1)});
  turn->discard(one, 2);
  turn->append(one, std::vector{event(2)});
  turn->commit();
  EXPECT_THAT(ids(one, 0), ElementsAre(1, 2));
  EXPECT_THAT(ids(other, 0), ElementsAre(1));
}

TEST_P(StoreExam, TellsWhyARunIsSetAsideUntilItIsResumed) {
  const auto id = add("aa11", "nightly");
  auto turn = store_->begin();
  turn->set_aside(id, at(2'000), "its history is damaged");
  turn->commit();
  reopen();
  EXPECT_EQ(store_->find("nightly").set_aside, "its history is damaged");
  EXPECT_EQ(store_->find("nightly").paused_at, at(2'000));
  turn = store_->begin();
  turn->set_paused(id, std::nullopt);
  turn->commit();
  EXPECT_FALSE(store_->find("nightly").set_aside);
}

TEST_P(StoreExam, RemembersWhoWasBeingDecidedWhenProcessesDied) {
  using Suspects = std::vector<Suspect>;
  EXPECT_EQ(store_->suspects(), Suspects());
  for (const auto& suspects : {Suspects{{ExecutionId{7}, 1}},
                               Suspects{{ExecutionId{7}, 2}, {ExecutionId{12}, 1}}, Suspects{}}) {
    const auto turn = store_->begin();
    turn->set_suspects(suspects);
    turn->commit();
    reopen();
    EXPECT_EQ(store_->suspects(), suspects);
  }
}

TEST_P(StoreExam, ForgetsATurnThatWasNotCommitted) {
  const auto id = add("aa11", "nightly");
  {
    const auto turn = store_->begin();
    turn->append(id, std::vector{event(1)});
    auto other = submission("bb22", "other");
    other.definition_hash = definition_hash("{ }");
    turn->keep_definition(other.definition_hash, "{ }");
    turn->add(other);
  }
  EXPECT_THAT(ids(id, 0), ElementsAre());
  EXPECT_EQ(store_->find_name("copy", "other"), std::nullopt);
}

TEST_P(StoreExam, RefusesTheSameEventsTwice) {
  const auto id = add("aa11", "nightly");
  const auto turn = store_->begin();
  turn->append(id, std::vector{event(1)});
  EXPECT_THROW(turn->append(id, std::vector{event(1)}), Error);
}

TEST_P(StoreExam, SetsTheOutcomeAndDropsProgress) {
  const auto id = add("aa11", "nightly");
  ProgressRow progress;
  progress.ticket = execution::Ticket{5};
  progress.key = "cedent";
  progress.phase = "staging";
  progress.rows = 7;
  progress.bytes = 99;
  progress.expected_rows = 10;
  progress.at = at(2'000);
  {
    const auto turn = store_->begin();
    turn->set_progress(id, std::vector{progress});
    turn->commit();
  }
  const auto rows = store_->progress(id);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].key, "cedent");
  EXPECT_EQ(rows[0].expected_rows, 10);
  EXPECT_EQ(rows[0].at, at(2'000));
  reopen();  // progress that another owner kept is dropped too
  {
    const auto turn = store_->begin();
    auto row = store_->find("aa11");
    row.status = execution::Status::failed;
    row.ended_at = at(3'000);
    row.error = "Load.Failed";
    row.cause = "";
    row.redrive_count = 2;
    turn->set_outcome(row);
    turn->commit();
  }
  const auto row = store_->find("aa11");
  EXPECT_EQ(row.status, execution::Status::failed);
  EXPECT_EQ(row.ended_at, at(3'000));
  EXPECT_EQ(row.error, "Load.Failed");
  EXPECT_EQ(row.cause, "");
  EXPECT_EQ(row.redrive_count, 2);
  EXPECT_TRUE(store_->progress(id).empty());
}

TEST_P(StoreExam, ARunThatHasEndedWaitsForNoOther) {
  const auto holder = add("aa11", "holder");
  const auto id = add("bb22", "waiting");
  auto turn = store_->begin();
  turn->set_claims(id, std::vector<std::string>{"db public.a"});
  turn->set_waits_for(id, holder);
  turn->commit();
  reopen();
  EXPECT_EQ(store_->find("bb22").waits_for, holder);
  EXPECT_FALSE(store_->find("aa11").waits_for);
  auto row = store_->find("bb22");
  row.redrive_count = 1;  // it runs on
  turn = store_->begin();
  turn->set_outcome(row);
  turn->commit();
  EXPECT_EQ(store_->find("bb22").waits_for, holder);
  row.status = execution::Status::failed;
  row.ended_at = at(2'000);
  turn = store_->begin();
  turn->set_outcome(row);
  turn->commit();
  EXPECT_FALSE(store_->find("bb22").waits_for);
  EXPECT_THAT(store_->claims_of(id), ElementsAre("db public.a"));
}

TEST_P(StoreExam, FindsByNameIdAndUniqueBeginningOrEnding) {
  add("aa11", "first");
  add("aa22", "second");
  add("bb33", "aa11x");
  EXPECT_EQ(store_->find("aa11").made.name, "first");
  EXPECT_EQ(store_->find("second").made.run_id, "aa22");
  EXPECT_EQ(store_->find("aa2").made.run_id, "aa22");
  EXPECT_EQ(store_->find("b").made.run_id, "bb33");
  EXPECT_EQ(store_->find("22").made.run_id, "aa22");
  EXPECT_EQ(store_->find("@last").made.run_id, "bb33");
  EXPECT_EQ(refusal("aa"),
            "several runs begin with \"aa\": aa22 (second of copy), aa11 (first of copy)");
  EXPECT_EQ(refusal("zz"), "no run \"zz\"");
  EXPECT_EQ(refusal("%"), "no run \"%\"");
}

TEST_P(StoreExam, AnEmptyWordNamesNoRun) {
  add("aa11", "only");
  EXPECT_EQ(refusal(""), "no run \"\"");
}

TEST_P(StoreExam, ListsNewestFirstByStatus) {
  for (const auto* id : {"a1", "a2", "a3"}) add(id, id);
  {
    const auto turn = store_->begin();
    auto row = store_->find("a2");
    row.status = execution::Status::succeeded;
    row.ended_at = at(5'000);
    row.output = "1";
    turn->set_outcome(row);
    turn->commit();
  }
  EXPECT_THAT(names({}), ElementsAre("a3", "a2", "a1"));
  EXPECT_THAT(names({execution::Status::running, 50}), ElementsAre("a3", "a1"));
  EXPECT_THAT(names({execution::Status::succeeded, 50}), ElementsAre("a2"));
  EXPECT_THAT(names({std::nullopt, 1}), ElementsAre("a3"));
}

TEST_P(StoreExam, ListsByWhatRunsDoOrHowTheyEnded) {
  using execution::Status;
  const std::pair<const char*, Status> ended[] = {{"good", Status::succeeded},
                                                  {"bad", Status::failed},
                                                  {"late", Status::timed_out},
                                                  {"ended", Status::aborted}};
  for (const auto* name : {"good", "bad", "late", "ended", "moves", "waits", "rests", "aside"})
    add(name, name);
  const auto turn = store_->begin();
  for (const auto& [name, status] : ended) {
    auto row = store_->find(name);
    row.status = status;
    row.ended_at = at(5'000);
    if (status == Status::succeeded) row.output = "1";
    if (status == Status::failed) std::tie(row.error, row.cause) = std::pair("My.Error", "Too few");
    turn->set_outcome(row);
  }
  turn->set_waits_for(store_->find("waits").id, store_->find("moves").id);
  turn->set_paused(store_->find("rests").id, at(2'000));
  turn->set_aside(store_->find("aside").id, at(2'000), "why");
  turn->commit();
  const std::pair<Standing, const char*> table[] = {
      {Standing::running, "moves"},   {Standing::waiting, "waits"},  {Standing::paused, "rests"},
      {Standing::set_aside, "aside"}, {Standing::succeeded, "good"}, {Standing::failed, "bad"},
      {Standing::timed_out, "late"},  {Standing::stopped, "ended"}};
  for (const auto& [standing, name] : table)
    EXPECT_THAT(names({.standings = {standing}}), ElementsAre(name));
  EXPECT_THAT(names({.standings = {Standing::failed, Standing::paused}}),
              ElementsAre("rests", "bad"));
  for (const auto* text : {"my.err", "FEW", "r\nt"})
    EXPECT_THAT(names({.failed_by = text}), ElementsAre("bad")) << text;
  EXPECT_THAT(names({.failed_by = "%"}), ElementsAre());
}

TEST_P(StoreExam, ListsRunsOfStateMachinesWithATag) {
  add("a1", "tagged");
  auto& machines = store_->machines();
  machines.put_tag("stateMachine:copy", "team", "night");
  const auto listed = [&](const char* key, std::optional<std::string> value) {
    return names({.tag = {{key, std::move(value)}}});
  };
  EXPECT_THAT(listed("team", std::nullopt), ElementsAre("tagged"));
  EXPECT_THAT(listed("team", "night"), ElementsAre("tagged"));
  EXPECT_THAT(listed("team", "day"), ElementsAre());
  EXPECT_THAT(listed("night", std::nullopt), ElementsAre());
}

TEST_P(StoreExam, TheJournalHasWhatAllRunsRecordedInTheOrderOfCommits) {
  const auto one = add("a1", "one"), other = add("a2", "other");
  const auto journal = open_journal(url_);
  EXPECT_EQ(journal->last(), 0);
  const auto append = [&](ExecutionId id, execution::EventId first) {
    const auto turn = store_->begin();
    turn->append(id, std::vector{event(first)});
    turn->commit();
  };
  append(other, 1);
  append(one, 1);
  append(other, 2);
  const auto all = journal->read(0, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_THAT(std::vector({all[0].execution, all[1].execution, all[2].execution}),
              ElementsAre(other, one, other));
  EXPECT_EQ(events_of(all[2]).front().id, 2);
  EXPECT_EQ(journal->last(), all[2].position);
  EXPECT_EQ(journal->read(0, 1).front().position, all[0].position);
  EXPECT_EQ(journal->read(all[0].position, 10, other).front().position, all[2].position);
  EXPECT_TRUE(journal->read(all[2].position, 10).empty());
}

TEST_P(StoreExam, ListsWhatEveryConditionOfAFilterLetsThrough) {
  const auto parent = add("a1", "parent");
  add("a2", "other");
  for (int i = 0; i < 2; ++i) add_child(parent, i, "b" + std::to_string(i));
  const auto listed = [&](auto set) {
    ListFilter filter;
    set(filter);
    return names(filter);
  };
  EXPECT_THAT(listed([](auto& filter) { filter.workflow = "copy"; }),
              ElementsAre("other", "parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.workflow = "none"; }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.not_before = at(1'001); }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.version = 1; }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.alias = ""; }), ElementsAre("other", "parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.redriven = true; }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.redriven = false; }),
              ElementsAre("other", "parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.express = false; }), ElementsAre("other", "parent"));
  EXPECT_THAT(listed([&](auto& filter) {
                filter.behind = {at(1'000), store_->find("a2").id};
              }),
              ElementsAre("parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.before = at(1'000); }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.before = at(1'001); }),
              ElementsAre("other", "parent"));
  EXPECT_THAT(listed([&](auto& filter) { filter.among = std::vector{parent}; }),
              ElementsAre("parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.among.emplace(); }), ElementsAre());
  EXPECT_THAT(listed([](auto& filter) { filter.named = "PAR"; }), ElementsAre("parent"));
  EXPECT_THAT(listed([](auto& filter) { filter.children = true; }),
              ElementsAre("b1", "b0", "other", "parent"));
  EXPECT_THAT(listed([](auto& filter) {
                filter.children = true;
                filter.status = execution::Status::running;
              }),
              ElementsAre("b1", "b0", "other", "parent"));
  EXPECT_THAT(listed([&](auto& filter) { filter.map_run = {parent, 7}; }), ElementsAre("b1", "b0"));
  EXPECT_THAT(listed([&](auto& filter) {
                filter.map_run = {parent, 7};
                filter.status = execution::Status::running;
                filter.limit = 1;
              }),
              ElementsAre("b1"));
  EXPECT_THAT(listed([&](auto& filter) { filter.map_run = {parent, 8}; }), ElementsAre());
}

TEST_P(StoreExam, CountsChildrenByTheirIndexAndFindsTheFirstThatFailed) {
  const auto parent = add("a1", "parent");
  using enum execution::Status;
  const std::vector fares{succeeded, failed, succeeded, timed_out, running};
  for (std::size_t i = 0; i < fares.size(); ++i) {
    ExecutionRow row;
    row.id = add_child(parent, static_cast<std::int64_t>(i), "b" + std::to_string(i));
    row.status = fares[i];
    if (fares[i] == running) continue;
    const auto turn = store_->begin();
    turn->set_outcome(row);
    turn->commit();
  }
  std::vector<std::tuple<std::int64_t, execution::Status, std::int64_t>> found;
  for (const auto& each : store_->child_buckets(parent, 7, 2))
    found.emplace_back(each.bucket, each.status, each.children);
  EXPECT_THAT(
      found, ::testing::UnorderedElementsAre(
                 std::tuple{0, succeeded, 1}, std::tuple{0, failed, 1}, std::tuple{1, succeeded, 1},
                 std::tuple{1, timed_out, 1}, std::tuple{2, running, 1}));
  EXPECT_THAT(store_->child_buckets(parent, 8, 2), ::testing::IsEmpty());
  const auto first = [&](std::int64_t limit) {
    std::vector<std::string> names;
    for (const auto& row : store_->first_failures(parent, 7, limit))
      names.push_back(row.made.run_id);
    return names;
  };
  EXPECT_THAT(first(5), ElementsAre("b1", "b3"));
  EXPECT_THAT(first(1), ElementsAre("b1"));
}

TEST_P(StoreExam, ChildrenOfAMapRunMakeNoStateMachine) {
  const auto parent = add("a1", "parent");
  const auto child = add_child(parent, 0, "b0");
  EXPECT_EQ(store_->find("b0").id, child);
  std::vector<std::string> machines;
  for (const auto& row : store_->machines().list("", 10)) machines.push_back(row.name);
  EXPECT_THAT(machines, ElementsAre("copy"));
}

TEST_P(StoreExam, EveryOwnerHasLargerFencesAndTheSameId) {
  const auto id = store_->store_id();
  EXPECT_EQ(id.size(), 32u);
  for (int owner = 0; owner < 5; ++owner) {
    const auto fence = store_->first_fence();
    reopen();
    EXPECT_EQ(store_->store_id(), id);
    EXPECT_GT(store_->first_fence(), fence);
  }
}

TEST_P(StoreExam, ReadersSeeWhatIsCommittedBesideTheOwner) {
  const auto id = add("aa11", "nightly");
  const auto reader = open_as_reader(url_);
  const auto turn = store_->begin();
  turn->append(id, std::vector{event(1)});
  EXPECT_EQ(reader->find("aa11").made.name, "nightly");
  int seen = 0;
  const auto count = [&](const Event&) { ++seen; };
  reader->history(id, 0, count);
  EXPECT_EQ(seen, 0);
  turn->commit();
  reader->history(id, 0, count);
  EXPECT_EQ(seen, 1);
  EXPECT_THROW(reader->begin(), std::logic_error);
}

TEST_P(StoreExam, ReadersReadAStoreNobodyOwns) {
  add("aa11", "nightly");
  store_.reset();
  EXPECT_EQ(open_as_reader(url_)->find("aa").made.name, "nightly");
}

TEST_P(StoreExam, ACommittedTransactionIsHeldWithItsEvents) {
  const auto turn = store_->begin();
  auto made = submission("aa11", "nightly");
  made.definition_hash = definition_hash("{}");
  turn->keep_definition(made.definition_hash, "{}");
  const auto id = turn->add(made);
  turn->append(id, std::vector{event(1), event(2)});
  EXPECT_EQ(turn->try_commit().outcome, CommitOutcome::committed);
  EXPECT_TRUE(store_->holds(id, 0));
  EXPECT_TRUE(store_->holds(id, 2));
  EXPECT_FALSE(store_->holds(id, 3));
  EXPECT_FALSE(store_->holds(ExecutionId{static_cast<std::int64_t>(id) + 1}, 0));
}

TEST_P(StoreExam, TellsWhenEachRunUnderWayLastDidSomething) {
  const auto one = add("aa11", "one");
  const auto other = add("bb22", "other");
  add("cc33", "without history");
  for (const auto& [id, last] : {std::pair(one, 1), std::pair(one, 2), std::pair(other, 1)}) {
    const auto turn = store_->begin();
    turn->append(id, std::vector{event(last)});
    turn->commit();
  }
  EXPECT_THAT(store_->last_recorded(), ::testing::UnorderedElementsAre(
                                           std::pair(one, at(1'002)), std::pair(other, at(1'001))));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreExam, ::testing::ValuesIn(implementations()), name_of);

}  // namespace
}  // namespace orch::store
