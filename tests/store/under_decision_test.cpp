#include "orchestrator/store/under_decision.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

TEST(UnderDecision, TheMarkOutlivesTheProcess) {
  const test::TempFolder folder;
  const auto file = folder / "runs.db.deciding";
  const auto child = ::fork();
  if (child == 0) {
    UnderDecision of_child(file);
    const UnderDecision::Mark outer(of_child, ExecutionId{3});
    { const UnderDecision::Mark inner(of_child, ExecutionId{4}); }
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  {
    UnderDecision next(file);
    EXPECT_EQ(next.left_behind(), ExecutionId{3});
    const UnderDecision::Mark mark(next, ExecutionId{5});
  }
  EXPECT_FALSE(std::filesystem::exists(file)) << "nothing is left when all is well";
  EXPECT_EQ(UnderDecision(file).left_behind(), std::nullopt);
}

TEST(UnderDecision, WithoutAFileNothingIsRemembered) {
  UnderDecision nowhere("/no/such/folder/runs.db.deciding");
  const UnderDecision::Mark mark(nowhere, ExecutionId{3});
  EXPECT_EQ(nowhere.left_behind(), std::nullopt);
}

}  // namespace
}  // namespace orch::store
