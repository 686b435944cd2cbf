#include "workers/data/failure.h"

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::data {
namespace {

TEST(Failure, LearnsItsPlaceAndKeepsTheRest) {
  const workers::TaskFailed failure("Type.ValueRefused", "t.a: no", "do this", "ORCH-0436",
                                    {{"column", "t.a"}});
  const auto amended = data::amended(failure, " (row 3)", {{"row", 3}, {"column", "other"}});
  EXPECT_EQ(amended.error(), "Type.ValueRefused");
  EXPECT_STREQ(amended.what(), "t.a: no (row 3)");
  const boost::json::value expected{{"message", "t.a: no (row 3)"},
                                    {"hint", "do this"},
                                    {"code", "ORCH-0436"},
                                    {"column", "t.a"},
                                    {"row", 3}};
  EXPECT_EQ(amended.cause(), json::write(expected));
}

}  // namespace
}  // namespace orch::data
