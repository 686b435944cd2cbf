#include "orchestrator/store/sqlite/owner_lock.h"

#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

using ::testing::HasSubstr;

/// A process that owns the store until it is killed.
class OwningChild {
 public:
  explicit OwningChild(const std::filesystem::path& store) {
    int ready[2];
    if (pipe(ready) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      const auto owned = open_as_owner(store, "orch submit nightly.json");
      const auto turn = owned->begin();
      NewExecution made;
      made.run_id = made.name = "aa11";
      made.definition_hash = definition_hash("{}");
      turn->keep_definition(made.definition_hash, "{}");
      turn->add(made);
      turn->commit();
      if (write(ready[1], "x", 1) == 1) pause();
      _exit(1);
    }
    char byte = 0;
    if (read(ready[0], &byte, 1) != 1) throw std::runtime_error("the child failed");
    close(ready[0]);
    close(ready[1]);
  }
  ~OwningChild() { kill(); }
  OwningChild(const OwningChild&) = delete;
  OwningChild& operator=(const OwningChild&) = delete;

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

TEST(OwnerLock, ASecondOwnerLearnsWhoTheFirstIs) {
  const test::TempFolder folder;
  const OwningChild owner(folder / "runs.db");
  try {
    open_as_owner(folder / "runs.db", "test");
    FAIL() << "two owners";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0201");
    EXPECT_THAT(error.what(), HasSubstr("process " + std::to_string(owner.pid())));
    EXPECT_THAT(error.what(), HasSubstr("orch submit nightly.json"));
  }
}

TEST(OwnerLock, AKilledOwnerLeavesTheStoreToOthers) {
  const test::TempFolder folder;
  OwningChild owner(folder / "runs.db");
  EXPECT_THAT(OwnerLock::owner(folder / "runs.db").value_or(""), HasSubstr("orch submit"));
  owner.kill();
  EXPECT_EQ(OwnerLock::owner(folder / "runs.db"), std::nullopt);
  EXPECT_EQ(open_as_reader(folder / "runs.db")->find("aa11").made.name, "aa11");
  EXPECT_GT(open_as_owner(folder / "runs.db", "test")->first_fence(), 0);
}

TEST(OwnerLock, AskingDoesNotTakeTheLock) {
  const test::TempFolder folder;
  EXPECT_EQ(OwnerLock::owner(folder / "runs.db"), std::nullopt);
  const OwnerLock lock(folder / "runs.db", "test");
  EXPECT_TRUE(OwnerLock::owner(folder / "runs.db"));
  EXPECT_THROW(OwnerLock(folder / "runs.db", "other"), Error);
}

TEST(OwnerLock, AFolderThatCannotBeWrittenIsNamed) {
  try {
    const OwnerLock lock("/proc/none/runs.db", "test");
    FAIL() << "locked";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0002");
    EXPECT_THAT(error.what(), HasSubstr("/proc/none/runs.db.lock: "));
  }
}

}  // namespace
}  // namespace orch::store
