// Files that are no run store, or a damaged one, and disks that refuse.
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StoreRefusal : public ::testing::Test {
 protected:
  /// "ORCH-0000 message" of what `work` throws.
  template <class Work>
  static std::string refusal(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code() + " " + error.what();
    }
    return "no error";
  }

  std::string as_owner() {
    return refusal([&] { open_as_owner(path_, "test"); });
  }
  std::string as_reader() {
    return refusal([&] { open_as_reader(path_); });
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_ / "runs.db";
};

TEST_F(StoreRefusal, NoFile) {
  EXPECT_THAT(as_reader(), AllOf(HasSubstr("ORCH-0208"), HasSubstr(path_.string())));
}

TEST_F(StoreRefusal, NoDatabase) {
  std::ofstream(path_) << std::string(5'000, 'x');
  EXPECT_THAT(as_owner(), AllOf(HasSubstr("ORCH-0206"), HasSubstr(path_.string()),
                                HasSubstr("not a database")));
  EXPECT_THAT(as_reader(), HasSubstr("ORCH-0206"));
}

TEST_F(StoreRefusal, AnotherDatabase) {
  sqlite::Database(path_).exec("CREATE TABLE t (a)");
  EXPECT_THAT(as_reader(), AllOf(HasSubstr("ORCH-0207"), HasSubstr("something else")));
}

TEST_F(StoreRefusal, NewerSchema) {
  open_as_owner(path_, "test");
  sqlite::Database(path_).exec("INSERT INTO orch_migration VALUES (99, '0099_later.sql', 'x')");
  EXPECT_THAT(as_owner(), AllOf(HasSubstr("ORCH-0207"), HasSubstr("schema is version 99")));
  EXPECT_THAT(as_reader(), HasSubstr("ORCH-0207"));
}

TEST_F(StoreRefusal, DamagedHistory) {
  const auto store = open_as_owner(path_, "test");
  const auto turn = store->begin();
  NewExecution made;
  made.run_id = made.name = "aa11";
  made.definition_hash = definition_hash("{}");
  turn->keep_definition(made.definition_hash, "{}");
  const auto id = turn->add(made);
  turn->commit();
  sqlite::Database other(path_);
  for (const auto* events : {"[{\"id\":1,", "{}", "[1]", "[{\"id\":1,\"type\":\"Unheard\"}]"}) {
    sqlite::Statement(other, "INSERT OR REPLACE INTO history VALUES (1, ?, 1, 1, ?, NULL)")
        .bind(static_cast<std::int64_t>(id), events)
        .run();
    EXPECT_THAT(refusal([&] { store->history(id, 0, [](const execution::Event&) {}); }),
                AllOf(HasSubstr("ORCH-0206"), HasSubstr("damaged")))
        << events;
  }
}

TEST_F(StoreRefusal, LockedByAnotherProgram) {
  const auto store = open_as_owner(path_, "test");
  sqlite::Database other(path_);
  const sqlite::Transaction holder(other);
  EXPECT_THAT(refusal([&] { store->begin(); }),
              AllOf(HasSubstr("ORCH-0210"), HasSubstr(path_.string())));
}

// A limit on the size of files stands in for a full disk: write() fails in the same way. The limit
// is for good, hence the process of its own.
TEST_F(StoreRefusal, DiskThatRefusesKeepsWhatWasCommitted) {
  open_as_owner(path_, "test");
  const auto child = fork();
  if (child == 0) {
    const auto store = open_as_owner(path_, "test");
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    int added = 0;
    const auto message = refusal([&] {
      while (true) {
        const auto turn = store->begin();
        NewExecution made;
        made.run_id = made.name = "run" + std::to_string(added);
        made.input = std::string(10'000, ' ');
        made.definition_hash = definition_hash("{}");
        turn->keep_definition(made.definition_hash, "{}");
        turn->add(made);
        turn->commit();
        ++added;
      }
    });
    const bool told = message.find(path_.string()) != std::string::npos;
    const bool kept = static_cast<int>(store->list({std::nullopt, -1}).size()) == added;
    _exit(told && kept && added > 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(open_as_owner(path_, "test")->list({}).empty());
}

}  // namespace
}  // namespace orch::store
