#include "orchestrator/engine/executed_states.h"

#include <gtest/gtest.h>

namespace orch::engine {
namespace {

const std::string before =
    R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"M"},"M":{"Type":"Map","ItemProcessor":)"
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"orch:x","End":true}}},"End":true}}})";

std::string with(const std::string& from, const std::string& to) {
  auto text = before;
  return text.replace(text.find(from), from.size(), to);
}

TEST(DefinitionConflict, AFailedStateMayChange) {
  EXPECT_EQ(definition_conflict(before, with("orch:x", "orch:y"), {"A"}, {"A", "M", "T"}), "");
}

TEST(DefinitionConflict, ACompletedStateMayNot) {
  const auto conflict =
      definition_conflict(before, with("orch:x", "orch:y"), {"A", "T"}, {"A", "M", "T"});
  EXPECT_NE(conflict.find("\"T\" differs"), std::string::npos) << conflict;
  EXPECT_NE(conflict.find("orch:y"), std::string::npos) << "shows the difference";
}

TEST(DefinitionConflict, AStateOfANestedFlowIsItsOwn) {
  EXPECT_EQ(definition_conflict(before, with("orch:x", "orch:y"), {"A", "M"}, {"A", "M"}), "")
      << "the Map state itself is the same";
}

TEST(DefinitionConflict, AnEnteredStateMustExist) {
  const auto conflict = definition_conflict(before, with("\"T\":{", "\"U\":{"), {}, {"A", "T"});
  EXPECT_NE(conflict.find("\"T\", which is gone"), std::string::npos) << conflict;
}

TEST(DefinitionConflict, CommentsDoNotCount) {
  EXPECT_EQ(
      definition_conflict(before, with("\"Type\":\"Pass\"", "\"Comment\":\"x\",\"Type\":\"Pass\""),
                          {"A"}, {"A"}),
      "");
}

}  // namespace
}  // namespace orch::engine
