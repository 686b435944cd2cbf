// The source's columns change between two loads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::error_of;
using testing::HasSubstr;

constexpr auto first_shape =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL);"
    "INSERT INTO t VALUES (1,'x',1),(2,'y',2)";

struct Change {
  const char* name;
  const char* sql;                ///< a new table t
  std::vector<const char*> says;  ///< empty: it is let through
  catalog::Entry (*change)(catalog::Entry) = [](catalog::Entry entry) { return entry; };
};

catalog::Entry without_a(catalog::Entry entry) {
  entry.exclude = {"a"};
  return entry;
}
catalog::Entry id_and_b(catalog::Entry entry) {
  entry.columns = {{"id", "id", ""}, {"b", "b", ""}};
  return entry;
}
catalog::Entry without_c(catalog::Entry entry) {
  entry.exclude = {"c"};
  return entry;
}
catalog::Entry by_query(catalog::Entry entry) {
  entry.source = {{}, "SELECT id, b FROM t"};
  entry.key_columns = {"id"};
  return entry;
}
catalog::Entry with_a_key(catalog::Entry entry) {
  entry.key_columns = {"id"};
  return entry;
}

const std::vector<Change> changes{
    {"nothing", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL)", {}},
    {"another_order", "CREATE TABLE t (b INT NOT NULL, a TEXT, id INTEGER PRIMARY KEY)", {}},
    {"a_column_that_is_gone",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT NOT NULL)",
     {R"(column "a" (TEXT) is gone: the target's would become NULL)"}},
    {"a_column_that_is_new",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL, c DATE)",
     {R"(column "c" (DATE) is new)"}},
    {"a_column_that_is_renamed",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, aa TEXT, b INT NOT NULL)",
     {R"(column "a" (TEXT) is gone and "aa" of the same type is new: was it renamed?)"}},
    {"a_wider_type",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b NUMERIC(12,2) NOT NULL)",
     {R"(column "b" (INT) is NUMERIC(12,2) now, another type)"}},
    {"a_narrower_type",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), b INT NOT NULL)",
     {R"(column "a" (TEXT) is VARCHAR(5) now, narrower)"}},
    {"nullability",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT)",
     {R"(column "a" is NOT NULL now)", R"(column "b" may be NULL now)"}},
    {"another_key",
     "CREATE TABLE t (id INTEGER, a TEXT, b INT NOT NULL PRIMARY KEY)",
     {"the key was (id) and is (b)"}},
    {"a_new_column_that_is_excluded",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL, c DATE)",
     {},
     without_c},
    {"a_column_that_the_entry_leaves_out",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL)",
     {},
     without_a},
    {"what_the_entry_does_not_name",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB, b INT NOT NULL, c DATE)",
     {},
     id_and_b},
    {"the_type_of_what_the_entry_names",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT NOT NULL)",
     {R"(column "b" (INT) is BIGINT now)"},
     id_and_b},
    {"another_source", "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT NOT NULL)", {}, by_query},
    {"another_key_that_the_entry_overrules",
     "CREATE TABLE t (id INTEGER, a TEXT, b INT NOT NULL PRIMARY KEY)",
     {},
     with_a_key},
};

class Drift : public testing::TestWithParam<Change> {
 protected:
  /// Opened anew for each load, as the step workers do.
  std::string load(const catalog::Entry& entry, std::string* message = nullptr) {
    const auto source = sqlite::open_source(folder_ / "source.db", "from");
    const auto target = sqlite::open_target(folder_ / "target.db", "to");
    test::Replication replication(*source, *target, fence_ += 10);
    return error_of([&] { replication.replicate(entry); }, message);
  }
  void change_source(const std::string& sql) {
    test::run_sql(folder_ / "source.db",
                  "DROP TABLE t; " + sql + "; INSERT INTO t (id, b) VALUES (1, 1)");
  }

  test::TempFolder folder_;
  std::int64_t fence_ = 0;
};

TEST_P(Drift, IsRefusedUntilTheEntrySaysOtherwise) {
  auto entry = test::entry_of("t", data::Strategy::upsert);
  test::run_sql(folder_ / "source.db", first_shape);
  ASSERT_EQ(load(entry), "no failure");
  const auto before = test::rows_of(folder_ / "target.db", "SELECT * FROM t");
  const auto& change = GetParam();
  test::run_sql(folder_ / "source.db", std::string("DROP TABLE t; ") + change.sql);
  entry = change.change(entry);
  std::string message;
  EXPECT_EQ(load(entry, &message), change.says.empty() ? "no failure" : "Schema.Drift") << message;
  for (const auto* words : change.says) EXPECT_THAT(message, HasSubstr(words));
  EXPECT_EQ(test::rows_of(folder_ / "target.db", "SELECT * FROM t"), before);
}

INSTANTIATE_TEST_SUITE_P(Changes, Drift, testing::ValuesIn(changes),
                         [](const auto& one) { return one.param.name; });

using AcceptedDrift = Drift;

TEST_F(AcceptedDrift, LetsTheNextLoadThroughAndIsTheNewState) {
  auto entry = test::entry_of("t");
  test::run_sql(folder_ / "source.db", first_shape);
  ASSERT_EQ(load(entry), "no failure");
  change_source("CREATE TABLE t (id INTEGER PRIMARY KEY, b INT NOT NULL)");
  const auto source = sqlite::open_source(folder_ / "source.db", "from");
  const auto target = sqlite::open_target(folder_ / "target.db", "to");
  try {
    test::Replication(*source, *target, 50).stage(entry);
    FAIL() << "accepted";
  } catch (const workers::TaskFailed& failure) {
    const auto cause = json::parse(failure.cause());
    EXPECT_EQ(cause.at("code"), "ORCH-0520");
    EXPECT_EQ(cause.at("differences").as_array().size(), 1u);
    entry.accepted_schema = cause.at("accepted_schema").as_string();
    EXPECT_THAT(std::string(cause.at("hint").as_string()), HasSubstr(entry.accepted_schema));
  }
  fence_ = 100;
  EXPECT_EQ(load(entry), "no failure");
  entry.accepted_schema.clear();
  EXPECT_EQ(load(entry), "no failure") << "the last load has these columns";
}

TEST_F(AcceptedDrift, AcceptsNothingElse) {
  auto entry = test::entry_of("t");
  entry.accepted_schema = "0123456789abcdef";
  test::run_sql(folder_ / "source.db", first_shape);
  ASSERT_EQ(load(entry), "no failure");
  change_source("CREATE TABLE t (id INTEGER PRIMARY KEY, b INT NOT NULL)");
  EXPECT_EQ(load(entry), "Schema.Drift");
}

TEST_F(AcceptedDrift, IsNothingToATableThatIsMadeAnew) {
  const auto entry = test::entry_of("t");
  test::run_sql(folder_ / "source.db", first_shape);
  ASSERT_EQ(load(entry), "no failure");
  change_source("CREATE TABLE t (id INTEGER PRIMARY KEY, b INT NOT NULL)");
  test::run_sql(folder_ / "target.db", "DROP TABLE t");
  EXPECT_EQ(load(entry), "no failure");
}

}  // namespace
}  // namespace orch
