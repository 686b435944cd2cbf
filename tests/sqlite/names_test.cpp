// Names with everything in them: quoted, unicode, keywords, SQL.
#include "workers/sqlite/names.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

TEST(Names, AreQuoted) {
  EXPECT_EQ(sqlite::quote("a"), "\"a\"");
  EXPECT_EQ(sqlite::quote("a\"b"), "\"a\"\"b\"");
  EXPECT_THROW(sqlite::quote(std::string_view("a\0b", 3)), workers::TaskFailed);
}

TEST(Names, OfOrchAndSqliteAreReserved) {
  for (const auto* name :
       {"sqlite_schema", "SQLITE_x", "orch_load", "ORCH_Evidence", "orch_stage__a"})
    EXPECT_TRUE(sqlite::reserved(name)) << name;
  for (const auto* name : {"orchard", "orch_orders", "t"}) EXPECT_FALSE(sqlite::reserved(name));
}

TEST(Names, OfAllBookkeepingTablesAreReserved) {
  const std::regex made("CREATE TABLE (?:IF NOT EXISTS )?(\\w+)");
  int found = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(ORCH_SOURCE_DIR "/schema/sqlite-target")) {
    std::ifstream stream(file.path());
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    for (std::sregex_iterator at(text.begin(), text.end(), made), end; at != end; ++at, ++found)
      EXPECT_TRUE(sqlite::reserved((*at)[1].str())) << (*at)[1];
  }
  EXPECT_GE(found, 5);
}

TEST(Names, OfAnyKindAreReplicated) {
  const test::TempFolder folder;
  for (const auto& name :
       {std::string("select"), std::string("two words"), std::string("quo\"te"),
        std::string("x'; DROP TABLE victim; --"), std::string("Prämie_日本_😀"), std::string("a.b"),
        std::string("[b]"), std::string("new\nline"), std::string(200, 'n')}) {
    const auto quoted = sqlite::quote(name);
    std::filesystem::remove(folder / "source.db");
    std::filesystem::remove(folder / "target.db");
    test::run_sql(folder / "source.db", "CREATE TABLE " + quoted + " (" + quoted +
                                            " INTEGER PRIMARY KEY, rowid TEXT, \"group\" TEXT);"
                                            "INSERT INTO " +
                                            quoted + " VALUES (1, 'r', 'g'), (2, NULL, '')");
    test::run_sql(folder / "target.db", "CREATE TABLE victim (id)");
    const auto source = sqlite::open_source(folder / "source.db", "from");
    const auto target = sqlite::open_target(folder / "target.db", "to");
    auto entry = test::entry_of(name);
    test::Replication(*source, *target).replicate(entry);
    EXPECT_EQ(test::rows_of(folder / "target.db", "SELECT * FROM " + quoted),
              test::rows_of(folder / "source.db", "SELECT * FROM " + quoted));
    EXPECT_EQ(test::count_of(folder / "target.db", "victim"), 0);
    entry.strategy = data::Strategy::upsert;
    entry.watermark = name;
    EXPECT_EQ(test::Replication(*source, *target, 50).replicate(entry).at("rows"), 2);
  }
}

TEST(Names, OfTypesAreNoSql) {
  const test::TempFolder folder;
  test::run_sql(folder / "source.db", "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  test::run_sql(folder / "target.db", "CREATE TABLE victim (id)");
  const auto source = sqlite::open_source(folder / "source.db", "from");
  const auto target = sqlite::open_target(folder / "target.db", "to");
  auto entry = test::entry_of("t");
  entry.columns = {{"a", "a", "INTEGER); DROP TABLE victim; --"}};
  test::Replication(*source, *target).replicate(entry);
  EXPECT_EQ(test::count_of(folder / "target.db", "victim"), 0);
  EXPECT_EQ(test::rows_of(folder / "target.db", "SELECT type FROM pragma_table_info('t')"),
            (std::vector<std::string>{"3:INTEGER); DROP TABLE victim; --|"}));
}

}  // namespace
}  // namespace orch
