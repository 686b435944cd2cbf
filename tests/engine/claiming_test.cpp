// Runs that keep names to themselves, and those that wait for them.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/engine/claims.h"
#include "orchestrator/engine/stop_at_rest.h"
#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using execution::Status;
using store::ExecutionId;
using ::testing::ElementsAre;

constexpr ExecutionId first{1}, second{2}, third{3};

Claims claims_of_strangers() {
  return Claims([](auto, auto) { return false; });
}

std::vector<ExecutionId> granted(Claims& claims) {
  std::vector<ExecutionId> runs;
  for (const auto& change : claims.grant())
    if (!change.obstacle) runs.push_back(change.run);
  return runs;
}

TEST(ClaimsTest, OneRunHasAName) {
  auto claims = claims_of_strangers();
  EXPECT_FALSE(claims.obstacle(first, {"a", "b"}));
  claims.set(first, {"a", "b"}, false);
  EXPECT_EQ(claims.obstacle(second, {"b", "c"}), first);
  EXPECT_FALSE(claims.obstacle(second, {"c"}));
  EXPECT_FALSE(claims.obstacle(first, {"a", "b", "c"})) << "a run does not obstruct itself";
  claims.drop(first);
  EXPECT_FALSE(claims.obstacle(second, {"b", "c"}));
}

TEST(ClaimsTest, ThoseThatWaitGetTheirTurnInOrder) {
  auto claims = claims_of_strangers();
  claims.set(first, {"a"}, false);
  claims.set(second, {"a", "b"}, true);
  EXPECT_EQ(claims.obstacle(third, {"b"}), second) << "a wide claim is not passed for ever";
  claims.set(third, {"b"}, true);
  EXPECT_TRUE(granted(claims).empty());
  claims.drop(first);
  EXPECT_THAT(granted(claims), ElementsAre(second));
  EXPECT_TRUE(claims.waits(third));
  claims.drop(second);
  EXPECT_THAT(granted(claims), ElementsAre(third));
  EXPECT_FALSE(claims.any_wait());
}

TEST(ClaimsTest, WhatOneGivesUpWhileItWaitsIsFree) {
  auto claims = claims_of_strangers();
  claims.set(first, {"a"}, false);
  claims.set(second, {"b"}, false);
  claims.set(third, {"b"}, true);
  claims.settled();
  claims.set(second, {"a", "b"}, true);
  EXPECT_TRUE(claims.changed());
  EXPECT_TRUE(granted(claims).empty()) << "second came first";
  claims.drop(first);
  EXPECT_THAT(granted(claims), ElementsAre(second));
}

TEST(ClaimsTest, PartsOfARunAreNotInItsWay) {
  Claims claims([](auto a, auto b) { return a == first && b == second; });
  claims.set(first, {"a"}, false);
  EXPECT_FALSE(claims.obstacle(second, {"a"}));
  EXPECT_EQ(claims.obstacle(third, {"a"}), first);
}

TEST(ClaimsTest, ComesBackFromTheStore) {
  auto claims = claims_of_strangers();
  claims.set(third, {"x"}, true);
  claims.load({{first, {"a"}, {}}, {second, {"a"}, first}});
  EXPECT_TRUE(claims.holds(first));
  EXPECT_TRUE(claims.waits(second));
  EXPECT_FALSE(claims.waits(third));
  EXPECT_TRUE(claims.changed()) << "what they wait for may be gone";
}

// A run claims what its input names, then works until it is let go.
constexpr const char* claims_and_works =
    R"("A":{"Type":"Task","Resource":"orch:claim","ResultPath":"$.got","Next":"B"},
       "B":{"Type":"Task","Resource":"orch:work","End":true})";

class Claiming : public EngineTest {
 protected:
  Claiming() {
    end();
    add("orch:claim", [](const auto& task, auto& context) -> boost::json::value {
      std::vector<std::string> names;
      for (const auto& name : task.input.at("names").as_array())
        names.emplace_back(name.as_string());
      const auto other = context.claim(names);
      if (!other) return "has them";
      const auto policy = task.input.at("policy").as_string();
      if (policy == "fail") throw workers::overlaps(*other);
      if (policy == "skip") return boost::json::array(other->names.begin(), other->names.end());
      throw workers::Waits(names);
    });
    add("orch:work", [this](const auto& task, auto& context) {
      const auto name = std::string(task.input.at("me").as_string());
      note(name + " begins");
      while (held(name) && !context.stop_requested()) std::this_thread::sleep_for(Millis{1});
      if (context.stop_requested()) throw workers::Cancelled();
      note(name + " ends");
      return boost::json::value(1);
    });
    start();
  }
  ~Claiming() override {
    let_go();
    end();  // its workers use this fixture
  }

  std::string begin(const std::string& me, const std::string& names,
                    const std::string& policy = "wait",
                    const std::string& states = claims_and_works) {
    return engine_
        ->submit(submission(
            states, fmt::format(R"({{"me":"{}","names":{},"policy":"{}"}})", me, names, policy)))
        .run_id;
  }

  void hold(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    held_.insert(name);
  }
  bool held(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return held_.contains(name);
  }
  void let_go() {
    const std::scoped_lock lock(mutex_);
    held_.clear();
  }
  void note(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(text);
    noted_.notify_all();
  }
  void wait_for_note(const std::string& text) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(noted_.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::find(notes_.begin(), notes_.end(), text) != notes_.end();
    })) << text;
  }
  std::vector<std::string> notes() {
    const std::scoped_lock lock(mutex_);
    return notes_;
  }
  /// Waits until the store says that the run waits for another.
  void wait_until_it_waits(const std::string& run) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!reader()->find(run).waits_for) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up);
      std::this_thread::sleep_for(Millis{2});
    }
  }
  std::unique_ptr<store::Store> reader() const { return store::open_as_reader(path()); }

  std::mutex mutex_;
  std::condition_variable noted_;
  std::set<std::string> held_;
  std::vector<std::string> notes_;
};

TEST_F(Claiming, TheSecondWaitsForTheFirst) {
  hold("one");
  const auto one = begin("one", R"(["a","b"])");
  wait_for_note("one begins");
  const auto two = begin("two", R"(["b","c"])");
  wait_until_it_waits(two);
  const auto free = begin("free", R"(["d"])");
  EXPECT_EQ(engine_->wait(free).status, Status::succeeded) << "others go on";
  EXPECT_EQ(reader()->find(two).waits_for, reader()->find(one).id);
  EXPECT_THAT(reader()->claims_of(reader()->find(two).id), ElementsAre("b", "c"));
  let_go();
  EXPECT_EQ(engine_->wait(two).status, Status::succeeded);
  EXPECT_THAT(notes(), ElementsAre("one begins", "free begins", "free ends", "one ends",
                                   "two begins", "two ends"));
  const auto row = reader()->find(two);
  EXPECT_FALSE(row.waits_for);
  EXPECT_TRUE(reader()->claims_of(row.id).empty()) << "a run that succeeded claims nothing";
  EXPECT_THAT(types(row), testing::Not(testing::Contains("TaskFailed")));
}

TEST_F(Claiming, SkipAndFailNameTheOther) {
  hold("one");
  const auto one = begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto skipped = begin("skip", R"(["a"])", "skip");
  EXPECT_EQ(engine_->wait(skipped).status, Status::succeeded);
  const auto failed = engine_->wait(begin("fail", R"(["a","x"])", "fail"));
  EXPECT_EQ(failed.error, "Run.Overlaps");
  EXPECT_THAT(*failed.cause, testing::HasSubstr(one));
  EXPECT_THAT(*failed.cause, testing::HasSubstr("table a"));
}

TEST_F(Claiming, AFailedRunHoldsNothingAndClaimsAgainWhenItIsResumed) {
  hold("one");
  const auto one = begin("one", R"(["a"])");
  wait_for_note("one begins");
  engine_->stop(one, "", "");
  hold("two");
  const auto two = begin("two", R"(["a"])");
  wait_for_note("two begins");
  engine_->redrive(one, {});
  wait_until_it_waits(one);
  const auto before = notes().size();
  EXPECT_EQ(this->run(R"("A":{"Type":"Pass","End":true})").status, Status::succeeded);
  EXPECT_EQ(notes().size(), before) << "no task of a run that waits is done";
  let_go();
  EXPECT_EQ(engine_->wait(one).status, Status::succeeded);
  EXPECT_EQ(engine_->wait(two).status, Status::succeeded);
}

TEST_F(Claiming, OneThatWaitsCanBeStopped) {
  hold("one");
  begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto two = begin("two", R"(["a"])");
  wait_until_it_waits(two);
  engine_->stop(two, "Enough", "");
  EXPECT_EQ(engine_->wait(two).status, Status::aborted);
  EXPECT_FALSE(reader()->find(two).waits_for);
  const auto three = begin("three", R"(["a"])");
  wait_until_it_waits(three);
  let_go();
  EXPECT_EQ(engine_->wait(three).status, Status::succeeded);
}

TEST_F(Claiming, TheNextEngineKeepsWhoHasAndWhoWaits) {
  hold("one");
  const auto one = begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto two = begin("two", R"(["a"])");
  wait_until_it_waits(two);
  end();
  notes_.clear();
  start();
  wait_for_note("one begins");
  const auto three = begin("three", R"(["a"])");
  wait_until_it_waits(three);
  EXPECT_THAT(notes(), ElementsAre("one begins")) << "nothing of two";
  let_go();
  EXPECT_EQ(engine_->wait(two).status, Status::succeeded);
  EXPECT_EQ(engine_->wait(three).status, Status::succeeded);
  EXPECT_THAT(notes(), ElementsAre("one begins", "one ends", "two begins", "two ends",
                                   "three begins", "three ends"));
  EXPECT_EQ(engine_->wait(one).status, Status::succeeded);
}

TEST_F(Claiming, APausedRunHoldsNothing) {
  hold("one");
  const auto one = begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto two = begin("two", R"(["a"])");
  wait_until_it_waits(two);
  engine_->pause(one);
  engine_->drain(Millis{0});
  end();
  notes_.clear();
  hold("two");
  start();
  wait_for_note("two begins");
  engine_->redrive(one, {});
  wait_until_it_waits(one);
  EXPECT_THAT(notes(), ElementsAre("two begins"));
  let_go();
  EXPECT_EQ(engine_->wait(one).status, Status::succeeded);
}

TEST_F(Claiming, WhatIsStoppedAtRestIsNotWaitedFor) {
  hold("one");
  const auto one = begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto two = begin("two", R"(["a"])");
  wait_until_it_waits(two);
  end();
  store_ = store::open_as_owner(path(), "test");
  stop_at_rest(*store_, one, "", "");
  store_.reset();
  start();
  EXPECT_EQ(engine_->wait(two).status, Status::succeeded);
}

TEST_F(Claiming, ARunAtWorkDoesNotWaitForMore) {
  hold("one");
  hold("two");
  begin("one", R"(["a"])");
  wait_for_note("one begins");
  const auto both = engine_->wait(begin("two", R"(["b"])", "wait", R"(
    "A":{"Type":"Task","Resource":"orch:claim","ResultPath":"$.got","Next":"B"},
    "B":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"D","States":{"D":{"Type":"Task","Resource":"orch:work","End":true}}},
      {"StartAt":"E","States":{"E":{"Type":"Pass","Result":["a"],"ResultPath":"$.names",
        "Next":"F"},"F":{"Type":"Task","Resource":"orch:claim","End":true}}}]})"));
  EXPECT_EQ(both.status, Status::failed);
  EXPECT_EQ(both.error, "Run.Overlaps") << "two such runs could wait for each other";
}

}  // namespace
}  // namespace orch::engine
