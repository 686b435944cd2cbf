// Holds and outages without an engine.
#include "orchestrator/engine/holds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/engine/outages.h"

namespace orch::engine {
namespace {

using store::HoldMode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant noon{std::chrono::hours(12)};
constexpr Millis interval{1'000};

store::ExecutionRow run(const std::string& id, Instant started = noon) {
  store::ExecutionRow row;
  row.made.run_id = id;
  row.made.started_at = started;
  return row;
}

struct HoldCase {
  const char* name;
  store::HoldRow hold;
  bool holds_run = false;         ///< that began at noon
  bool holds_connection = false;  ///< "core", of that run
};

class HoldsTest : public ::testing::TestWithParam<HoldCase> {};

TEST_P(HoldsTest, HoldsBack) {
  Holds holds;
  holds.put(GetParam().hold);
  const auto now = noon + Millis{100};
  EXPECT_EQ(holds.on_run(run("r1"), now) != nullptr, GetParam().holds_run);
  EXPECT_EQ(holds.on_connection("core", run("r1"), now) != nullptr, GetParam().holds_connection);
}

const std::vector<HoldCase> hold_cases = {
    {"the_server", {"server", HoldMode::drain, noon}, true, false},
    {"the_run", {"run r1", HoldMode::pause, noon}, true, false},
    {"another_run", {"run r2", HoldMode::drain, noon}, false, false},
    {"the_connection", {"connection core", HoldMode::drain, noon}, false, true},
    {"another_connection", {"connection dwh", HoldMode::drain, noon}, false, false},
    {"until_later", {"server", HoldMode::drain, noon, noon + Millis{200}}, true, false},
    {"that_is_over", {"server", HoldMode::drain, noon, noon + Millis{100}}, false, false},
    {"finish_of_a_newer_run", {"server", HoldMode::finish, noon - Millis{1}}, true, false},
    {"finish_lets_an_older_run_go_on",
     {"server", HoldMode::finish, noon + Millis{1}},
     false,
     false},
};

INSTANTIATE_TEST_SUITE_P(All, HoldsTest, ::testing::ValuesIn(hold_cases),
                         [](const auto& each) { return each.param.name; });

TEST(HoldsTest, TellsWhenTheNextIsOver) {
  Holds holds;
  EXPECT_EQ(holds.next_end(), Instant::max());
  holds.put({"server", HoldMode::drain, noon});
  holds.put({"connection a", HoldMode::drain, noon, noon + Millis{5}});
  holds.put({"connection b", HoldMode::drain, noon, noon + Millis{9}});
  EXPECT_EQ(holds.next_end(), noon + Millis{5});
  EXPECT_THAT(holds.over(noon + Millis{5}), ElementsAre("connection a"));
}

TEST(HoldsTest, SaysUntilWhenByWhomAndWhy) {
  EXPECT_EQ(describe_hold({"connection core", HoldMode::drain, noon, noon, "index build", "ada"}),
            "connection core, held until 1970-01-01T12:00:00.000Z by ada: index build");
  EXPECT_EQ(describe_hold({"server", HoldMode::drain, noon}), "the server, held");
}

TEST(OutagesTest, TasksWaitForAsLongAsThePatience) {
  Outages outages(interval);
  EXPECT_TRUE(outages.begin("core", noon, "refused", Millis{5'000}));
  EXPECT_FALSE(outages.begin("core", noon + Millis{10}, "refused", Millis{5'000})) << "it is known";
  EXPECT_TRUE(outages.keeps("core", noon + Millis{4'999}));
  EXPECT_FALSE(outages.keeps("core", noon + Millis{5'000}));
  EXPECT_FALSE(outages.gave_up(noon + Millis{4'999}));
  EXPECT_TRUE(outages.gave_up(noon + Millis{5'000}));
  EXPECT_FALSE(outages.gave_up(noon + Millis{5'001})) << "once";
}

TEST(OutagesTest, ATaskFailsAtOnceWithoutPatience) {
  Outages outages(interval);
  outages.begin("core", noon, "refused", std::nullopt);
  EXPECT_FALSE(outages.keeps("core", noon));
}

TEST(OutagesTest, OneTaskAsksInEachInterval) {
  Outages outages(interval);
  outages.begin("core", noon, "refused", Millis{60'000});
  EXPECT_FALSE(outages.ask_now("core", noon));
  EXPECT_THAT(outages.send(noon + Millis{999}), IsEmpty());
  EXPECT_EQ(outages.next(noon), noon + interval);
  EXPECT_THAT(outages.send(noon + interval), ElementsAre("core"));
  EXPECT_TRUE(outages.ask_now("core", noon + interval));
  EXPECT_FALSE(outages.ask_now("core", noon + interval)) << "another one does";
  EXPECT_TRUE(outages.ask_now("core", noon + 2 * interval)) << "a task that comes by itself";
}

TEST(OutagesTest, ItsEndIsTold) {
  Outages outages(interval);
  outages.begin("core", noon, "refused", std::nullopt);
  const auto over = outages.end("core", noon + Millis{7});
  ASSERT_TRUE(over);
  EXPECT_EQ(*over, (store::OutageRow{"core", noon, noon + Millis{7}, "refused"}));
  EXPECT_FALSE(outages.any());
  EXPECT_FALSE(outages.end("core", noon + Millis{8}));
}

TEST(OutagesTest, OneThatIsUnderWayIsAskedAfterARestart) {
  Outages outages(interval);
  outages.load({{"core", noon, std::nullopt, "refused"}, {"dwh", noon, noon + Millis{1}, ""}});
  EXPECT_TRUE(outages.find("core"));
  EXPECT_FALSE(outages.find("dwh"));
  EXPECT_TRUE(outages.ask_now("core", noon + Millis{1}));
}

}  // namespace
}  // namespace orch::engine
