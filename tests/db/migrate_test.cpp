#include "orchestrator/db/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "tests/support/temp_folder.h"

namespace orch::sqlite {
namespace {

using ::testing::HasSubstr;

constexpr EmbeddedFile first[] = {{"0001_initial.sql", "CREATE TABLE a (x);"}};
constexpr EmbeddedFile both[] = {{"0001_initial.sql", "CREATE TABLE a (x);"},
                                 {"0002_more.sql", "ALTER TABLE a ADD COLUMN y;"}};
constexpr EmbeddedFile edited[] = {{"0001_initial.sql", "CREATE TABLE a (x, z);"}};
constexpr EmbeddedFile broken[] = {{"0001_initial.sql", "CREATE TABLE a (x);"},
                                   {"0002_more.sql", "CREATE TABLE b (x); CREATE TABLE a (x);"}};

class Migrate : public ::testing::Test {
 protected:
  std::int64_t count(const std::string& sql) {
    Statement query(db_, sql);
    query.step();
    return query.int64(0);
  }
  /// The message that `work` fails with.
  template <class Work>
  std::string refusal(const Work& work) {
    try {
      work();
    } catch (const orch::Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0207");
      return error.what();
    }
    return "no error";
  }

  test::TempFolder folder_;
  Database db_{folder_ / "test.db"};
};

TEST_F(Migrate, AppliesWhatIsMissingOnce) {
  migrate(db_, first, "ledger", "the file");
  migrate(db_, both, "ledger", "the file");
  migrate(db_, both, "ledger", "the file");
  EXPECT_EQ(count("SELECT count(*) FROM ledger"), 2);
  EXPECT_EQ(count("SELECT count(*) FROM pragma_table_info('a')"), 2);
}

TEST_F(Migrate, RefusesANewerFile) {
  migrate(db_, both, "ledger", "the file");
  EXPECT_EQ(refusal([&] { migrate(db_, first, "ledger", "the file"); }),
            "the file: its schema is version 2, this orch knows 1");
}

TEST_F(Migrate, RefusesAnEditedMigration) {
  migrate(db_, first, "ledger", "the file");
  EXPECT_THAT(refusal([&] { migrate(db_, edited, "ledger", "the file"); }),
              HasSubstr("0001_initial.sql is not the one"));
}

// Others read the file meanwhile: a schema between two versions is one they do not know.
TEST_F(Migrate, AppliesAllFilesOrNone) {
  EXPECT_THROW(migrate(db_, broken, "ledger", "the file"), Error);
  EXPECT_EQ(count("SELECT count(*) FROM sqlite_schema"), 0);
  migrate(db_, both, "ledger", "the file");
  EXPECT_EQ(count("SELECT count(*) FROM ledger"), 2);
}

TEST_F(Migrate, ReadersAcceptOnlyTheExactVersion) {
  EXPECT_THAT(refusal([&] { check_version(db_, first, "ledger", "the file"); }),
              HasSubstr("something else"));
  migrate(db_, first, "ledger", "the file");
  check_version(db_, first, "ledger", "the file");
  EXPECT_EQ(refusal([&] { check_version(db_, both, "ledger", "the file"); }),
            "the file: its schema is version 1, this orch needs 2");
}

}  // namespace
}  // namespace orch::sqlite
