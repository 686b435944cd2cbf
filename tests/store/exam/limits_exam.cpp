// What a store must do, whichever database keeps it: slots, holds and outages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/limits.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

class LimitsExam : public Exam {
 protected:
  Limits& limits() { return store_->limits(); }

  void commit(const std::function<void()>& work) {
    const auto turn = store_->begin();
    work();
    turn->commit();
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, LimitsExam, ::testing::ValuesIn(implementations()), name_of);

TEST_P(LimitsExam, KeepsHoldsByTheirSubject) {
  const HoldRow core{"connection core", HoldMode::pause, at(5), at(9), "index build", "ada"};
  const HoldRow server{"server", HoldMode::finish, at(7)};
  commit([&] {
    limits().put_hold(server);
    limits().put_hold({"connection core", HoldMode::drain, at(1)});
    limits().put_hold(core);
  });
  reopen();
  EXPECT_THAT(limits().holds(), ElementsAre(core, server));
  commit([&] {
    EXPECT_TRUE(limits().remove_hold("server"));
    EXPECT_FALSE(limits().remove_hold("run x"));
  });
  EXPECT_THAT(limits().holds(), ElementsAre(core));
}

TEST_P(LimitsExam, WhatIsNotCommittedWasNot) {
  {
    const auto turn = store_->begin();
    limits().put_hold({"server", HoldMode::drain, at(1)});
  }
  EXPECT_THAT(limits().holds(), IsEmpty());
}

TEST_P(LimitsExam, ReplacesTheSlotsOfATask) {
  const ExecutionId run{1};
  const SlotRow core{run, 4, "connection db", "connection core", 2, true, at(1)};
  const SlotRow tag{run, 4, "tag heavy", "tag heavy", std::nullopt, true, at(1)};
  const SlotRow waits{ExecutionId{2}, 7, "", "the server is held", std::nullopt, false, at(3)};
  commit([&] {
    limits().set_slots(run, 4, std::vector{core, tag});
    limits().set_slots(ExecutionId{2}, 7, std::vector{waits});
  });
  EXPECT_THAT(limits().slots(), ElementsAre(core, tag, waits));
  commit([&] { limits().set_slots(run, 4, std::vector{tag}); });
  EXPECT_THAT(limits().slots(), ElementsAre(tag, waits));
  commit([&] { limits().set_slots(run, 4, {}); });
  EXPECT_THAT(limits().slots(), ElementsAre(waits));
  commit([&] { limits().clear_slots(); });
  EXPECT_THAT(limits().slots(), IsEmpty());
}

TEST_P(LimitsExam, ListsOutagesTheNewestFirst) {
  const OutageRow over{"core", at(1), at(5), "refused"};
  const OutageRow open{"core", at(9), std::nullopt, "refused"};
  const OutageRow other{"dwh", at(3), at(4), "gone"};
  commit([&] {
    for (const auto& each : {over, OutageRow{"core", at(9), std::nullopt, "x"}, other, open})
      limits().put_outage(each);
  });
  EXPECT_THAT(limits().outages("", -1), ElementsAre(open, other, over));
  EXPECT_THAT(limits().outages("core", -1), ElementsAre(open, over));
  EXPECT_THAT(limits().outages("", 1), ElementsAre(open));
}

TEST(HoldModeTest, OtherWordsAreRefused) {
  for (const auto mode : {HoldMode::pause, HoldMode::drain, HoldMode::finish})
    EXPECT_EQ(hold_mode_from(to_string(mode)), mode);
  try {
    hold_mode_from("stop");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0740");
  }
}

}  // namespace
}  // namespace orch::store
