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

TEST(DefinitionConflict, AnEnteredStateKeepsItsType) {
  const auto conflict = definition_conflict(
      before, with(R"("Type":"Task","Resource":"orch:x")", R"("Type":"Pass")"), {}, {"M", "T"});
  EXPECT_EQ(conflict,
            "\n  the run has entered the state \"T\", whose Type is \"Pass\", not \"Task\"");
}

TEST(DefinitionConflict, AnEnteredStateKeepsItsFlow) {
  const auto moved =
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"T"},"T":{"Type":"Task","Resource":)"
      R"("orch:x","Next":"M"},"M":{"Type":"Map","ItemProcessor":{"StartAt":"U","States":{"U":)"
      R"({"Type":"Pass","End":true}}},"End":true}}})";
  EXPECT_EQ(definition_conflict(before, moved, {}, {"A", "T"}),
            "\n  the run has entered the state \"T\", which has moved to another flow");
}

TEST(DefinitionConflict, CommentsDoNotCount) {
  EXPECT_EQ(
      definition_conflict(before, with("\"Type\":\"Pass\"", "\"Comment\":\"x\",\"Type\":\"Pass\""),
                          {"A"}, {"A"}),
      "");
}

}  // namespace
}  // namespace orch::engine
