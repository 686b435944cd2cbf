#include "orchestrator/store/under_decision.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

TEST(UnderDecision, TheMarksOutliveTheProcess) {
  const test::TempFolder folder;
  const auto file = folder / "runs.db.deciding";
  const auto child = ::fork();
  if (child == 0) {
    UnderDecision of_child(file);
    const UnderDecision::Mark outer(of_child, ExecutionId{3});
    { const UnderDecision::Mark inner(of_child, ExecutionId{4}); }
    const UnderDecision::Mark elsewhere(of_child, ExecutionId{6}, 1);
    const UnderDecision::Mark as_well(of_child, ExecutionId{3}, 2);
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  {
    UnderDecision next(file);
    EXPECT_THAT(next.left_behind(), ::testing::ElementsAre(ExecutionId{3}, ExecutionId{6}));
    const UnderDecision::Mark mark(next, ExecutionId{5});
  }
  EXPECT_FALSE(std::filesystem::exists(file)) << "nothing is left when all is well";
  EXPECT_TRUE(UnderDecision(file).left_behind().empty());
}

TEST(UnderDecision, WithoutAFileNothingIsRemembered) {
  UnderDecision nowhere("/no/such/folder/runs.db.deciding");
  const UnderDecision::Mark mark(nowhere, ExecutionId{3});
  EXPECT_TRUE(nowhere.left_behind().empty());
}

}  // namespace
}  // namespace orch::store
