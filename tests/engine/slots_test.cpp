// Who may begin: the order, limits and rates of slots, without an engine.
#include "orchestrator/engine/slots.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orch::engine {
namespace {

using store::ExecutionId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant start{};

struct Wish {
  int id = 0;  ///< of the task
  int run = 1;
  const char* group = "nightly";
  int priority = 0;
  std::vector<SlotNeed> needs = {};
};

SlotNeed core(std::int64_t at_once) { return {"core", "connection core", at_once}; }
SlotNeed dwh(std::int64_t at_once) { return {"dwh", "connection dwh", at_once}; }
SlotNeed paced(std::int64_t count, Millis per) {
  return {"api", "connection api", std::nullopt, workers::Rate{count, per}};
}

Applicant applicant(const Wish& wish) {
  return {{ExecutionId{wish.run}, wish.id},
          ExecutionId{wish.run},
          wish.group,
          wish.priority,
          wish.needs,
          start};
}

bool never(const Applicant&) { return false; }

/// The ids of those that begin.
std::vector<int> grant(Slots& slots, Instant now = start, const Slots::Barred& barred = never) {
  std::vector<int> ids;
  for (const auto& key : slots.grant(now, barred)) ids.push_back(static_cast<int>(key.ticket));
  return ids;
}

struct OrderCase {
  const char* name;
  std::vector<Wish> wishes;  ///< in the order of their coming
  std::vector<int> first;    ///< who begins at once
  std::vector<int> after;    ///< who begins once the first of those has ended
};

class SlotOrderTest : public ::testing::TestWithParam<OrderCase> {};

TEST_P(SlotOrderTest, BeginInThisOrder) {
  const auto& expected = GetParam();
  Slots slots;
  for (const auto& wish : expected.wishes) slots.wait(applicant(wish));
  EXPECT_EQ(grant(slots), expected.first);
  for (const auto& wish : expected.wishes)
    if (!expected.first.empty() && wish.id == expected.first.front())
      slots.drop(applicant(wish).key);
  EXPECT_EQ(grant(slots), expected.after);
}

const std::vector<OrderCase> order_cases = {
    {"who_came_first_begins_first",
     {{1, 1, "a", 0, {core(1)}}, {2, 1, "a", 0, {core(1)}}},
     {1},
     {2}},
    {"as_many_as_there_are_slots",
     {{1, 1, "a", 0, {core(2)}}, {2, 1, "a", 0, {core(2)}}, {3, 1, "a", 0, {core(2)}}},
     {1, 2},
     {3}},
    {"no_slots_at_all", {{1, 1, "a", 0, {core(0)}}}, {}, {}},
    {"nothing_limited_begins", {{1, 1, "a", 0, {}}}, {1}, {}},
    {"higher_priority_goes_first",
     {{1, 1, "a", 0, {core(1)}}, {2, 2, "b", 5, {core(1)}}},
     {2},
     {1}},
    {"pipelines_take_turns",
     {{1, 1, "a", 0, {core(2)}},
      {2, 1, "a", 0, {core(2)}},
      {3, 1, "a", 0, {core(2)}},
      {4, 2, "b", 0, {core(2)}}},
     {1, 4},
     {2}},
    {"runs_of_a_pipeline_take_turns",
     {{1, 1, "a", 0, {core(2)}}, {2, 1, "a", 0, {core(2)}}, {3, 2, "a", 0, {core(2)}}},
     {1, 3},
     {2}},
    {"all_slots_or_none", {{1, 1, "a", 0, {core(1)}}, {2, 2, "b", 0, {core(1), dwh(1)}}}, {1}, {2}},
    {"a_task_of_two_slots_is_not_passed",
     {{1, 1, "a", 0, {core(1)}}, {2, 2, "b", 0, {core(1), dwh(1)}}, {3, 3, "c", 0, {dwh(1)}}},
     {1},
     {2}},
    {"other_slots_are_not_kept",
     {{1, 1, "a", 0, {core(1)}}, {2, 2, "b", 0, {core(1)}}, {3, 3, "c", 0, {dwh(1)}}},
     {1, 3},
     {2}},
};

INSTANTIATE_TEST_SUITE_P(All, SlotOrderTest, ::testing::ValuesIn(order_cases),
                         [](const auto& each) { return each.param.name; });

TEST(SlotsTest, WhoIsBarredWaitsAndKeepsNobody) {
  Slots slots;
  slots.wait(applicant({1, 1, "held", 9, {core(1)}}));
  slots.wait(applicant({2, 2, "free", 0, {core(1)}}));
  const auto barred = [](const Applicant& each) { return each.group == "held"; };
  EXPECT_THAT(grant(slots, start, barred), ElementsAre(2));
  slots.drop({ExecutionId{2}, 2});
  EXPECT_THAT(grant(slots), ElementsAre(1));
}

TEST(SlotsTest, ARateIsKeptInEveryPeriod) {
  Slots slots;
  for (const int id : {1, 2, 3}) slots.wait(applicant({id, 1, "a", 0, {paced(2, Millis{1'000})}}));
  EXPECT_THAT(grant(slots), ElementsAre(1, 2));
  slots.drop({ExecutionId{1}, 1});  // an end makes no room in a rate
  EXPECT_THAT(grant(slots, start + Millis{400}), IsEmpty());
  EXPECT_EQ(slots.patience(start + Millis{400}), Millis{600});
  EXPECT_THAT(grant(slots, start + Millis{1'000}), ElementsAre(3));
}

TEST(SlotsTest, AGrantThatIsTakenBackWaitsWhereItWas) {
  Slots slots;
  slots.wait(applicant({1, 1, "a", 0, {core(1)}}));
  slots.wait(applicant({2, 1, "a", 0, {core(1)}}));
  EXPECT_THAT(grant(slots), ElementsAre(1));
  slots.take_back({ExecutionId{1}, 1});
  EXPECT_EQ(slots.held("core"), 0);
  EXPECT_THAT(grant(slots), ElementsAre(1));
}

TEST(SlotsTest, ALimitIsTheLatestTold) {
  Slots slots;
  for (const int id : {1, 2, 3}) slots.wait(applicant({id, 1, "a", 0, {core(1)}}));
  EXPECT_THAT(grant(slots), ElementsAre(1));
  slots.wait(applicant({4, 1, "a", 0, {core(3)}}));
  EXPECT_THAT(grant(slots), ElementsAre(2, 3));
}

TEST(SlotsTest, TwoConnectionsToOneDatabaseShareItsSlots) {
  Slots slots;
  slots.wait(applicant({1, 1, "a", 0, {{"db", "connection reader", 2}}}));
  slots.wait(applicant({2, 1, "a", 0, {{"db", "connection writer", 1}}}));
  EXPECT_THAT(grant(slots), ElementsAre(1));
  ASSERT_TRUE(slots.waiter({ExecutionId{1}, 2}));
  EXPECT_EQ(slots.lacking(*slots.waiter({ExecutionId{1}, 2}), start)->label, "connection writer");
}

// Whatever comes, waits, is taken back and ends: no slot is over its limit, none is held by what
// neither waits nor holds, nothing that could begin is left, and in the end all are free.
TEST(SlotsTest, AnyStoryKeepsTheLimits) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int below) { return static_cast<int>(random() % below); };
    Slots slots;
    std::vector<Wish> alive;
    const std::vector<std::vector<SlotNeed>> kinds = {
        {core(2)}, {dwh(1)}, {core(2), dwh(1)}, {}, {core(2), {"heavy", "tag heavy", 1}}};
    for (int step = 0; step < 120; ++step) {
      if (pick(3) > 0) {
        const int run = pick(4);
        alive.push_back({step, run, run % 2 ? "a" : "b", pick(2), kinds.at(pick(5))});
        slots.wait(applicant(alive.back()));
      } else if (!alive.empty()) {
        const auto at = alive.begin() + pick(static_cast<int>(alive.size()));
        slots.drop(applicant(*at).key);
        alive.erase(at);
      }
      const auto granted = slots.grant(start, never);
      if (!granted.empty() && pick(5) == 0) slots.take_back(granted.front());
      std::map<std::string, std::int64_t> held;
      for (const auto& wish : alive)
        if (slots.holder(applicant(wish).key))
          for (const auto& need : wish.needs) ++held[need.slot];
      for (const auto& [slot, limit] :
           std::map<std::string, std::int64_t>{{"core", 2}, {"dwh", 1}, {"heavy", 1}}) {
        ASSERT_EQ(slots.held(slot), held[slot]) << slot << " seed " << seed;
        ASSERT_LE(held[slot], limit) << slot << " seed " << seed;
      }
      slots.grant(start, never);
      if (!slots.any_wait()) continue;
      const auto waiters = slots.waiters();
      ASSERT_TRUE(std::ranges::any_of(
          waiters, [&](const auto* each) { return slots.lacking(*each, start) != nullptr; }))
          << "seed " << seed << ": something could begin";
    }
    while (!alive.empty()) {
      slots.drop(applicant(alive.back()).key);
      alive.pop_back();
    }
    for (const auto* slot : {"core", "dwh", "heavy"}) ASSERT_EQ(slots.held(slot), 0);
    ASSERT_FALSE(slots.any_wait());
  }
}

}  // namespace
}  // namespace orch::engine
