#include "workers/catalog/catalog.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/problems.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/discover.h"
#include "workers/replication/catalog_check.h"

namespace orch::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CatalogTest : public ::testing::Test {
 protected:
  CatalogTest() {
    folder_.write("connections.json",
                  R"({"version":1,"connections":{"from":{"url":"sqlite:from.db"},)"
                  R"("to":{"url":"sqlite:to.db"},"drop":{"url":"csv:."},)"
                  R"("gone":{"url":"sqlite:gone/x.db"}}})");
    run_sql(folder_ / "from.db",
            "CREATE TABLE b (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE a (id INTEGER);");
  }
  connectors::Connections connections() const {
    return connectors::Connections::load(folder_ / "connections.json");
  }
  catalog::Catalog from_table(const std::string& connection, const data::Relation& relation) const {
    return catalog::load_catalog_table(connections(), connection, relation);
  }
  std::vector<Problem> problems_of_table(const std::string& connection,
                                         const data::Relation& relation) const {
    try {
      from_table(connection, relation);
    } catch (const InvalidDocument& invalid) {
      return invalid.problems();
    }
    return {};
  }

  TempFolder folder_;
};

std::vector<std::string> keys(const std::vector<catalog::Entry>& entries) {
  std::vector<std::string> all;
  for (const auto& entry : entries) all.push_back(entry.key);
  return all;
}

TEST_F(CatalogTest, AFilesProblemsHaveLines) {
  const auto file = folder_.write("catalog.json",
                                  "{\"version\": 1,\n \"tables\": [\n  {\"source\": {\"table\": "
                                  "\"t\"},\n   \"part\": 2}]}");
  try {
    catalog::load_catalog(file);
    FAIL();
  } catch (const InvalidDocument& invalid) {
    EXPECT_EQ(invalid.code(), "ORCH-0310");
    const auto& last = invalid.problems().back();
    EXPECT_EQ(last.pointer, "/tables/0/part");
    EXPECT_EQ(last.line, 4);
    EXPECT_EQ(last.column, 4);
  }
}

TEST_F(CatalogTest, ABrokenOrMissingFileIsNamed) {
  const auto file = folder_.write("catalog.json", "{\"version\": 1,\n");
  EXPECT_THROW(catalog::load_catalog(file), InvalidDocument);
  try {
    catalog::load_catalog(folder_ / "none.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("none.json"));
  }
}

TEST_F(CatalogTest, ChoosesByKeyGlobAndTag) {
  const auto all = catalog::parse_catalog(
      json::parse(R"({"version":1,"defaults":{"source":{"connection":"a"},)"
                  R"("target":{"connection":"b"}},"tables":[)"
                  R"({"source":{"table":"fx_rate"},"tags":["daily"]},)"
                  R"({"source":{"table":"fx_pair"}},{"source":{"table":"treaty"},"tags":["x"]}]})"),
      "c");
  using Keys = std::vector<std::string>;
  EXPECT_THAT(keys(catalog::choose(all, {})), ElementsAre("fx_rate", "fx_pair", "treaty"));
  EXPECT_THAT(keys(catalog::choose(all, {Keys{"fx_*"}, {}})), ElementsAre("fx_rate", "fx_pair"));
  EXPECT_THAT(keys(catalog::choose(all, {{}, Keys{"x", "daily"}})),
              ElementsAre("fx_rate", "treaty"));
  EXPECT_THAT(keys(catalog::choose(all, {Keys{"fx_*"}, Keys{"daily"}})), ElementsAre("fx_rate"));
  const auto refused = [&](const catalog::Choice& choice) {
    try {
      catalog::choose(all, choice);
    } catch (const Error& error) {
      return fmt::format("{} {}", error.code(), error.what());
    }
    return std::string("nothing");
  };
  EXPECT_THAT(refused({Keys{"treatty"}, {}}),
              AllOf(HasSubstr("ORCH-0312"), HasSubstr("did you mean \"treaty\"")));
  EXPECT_THAT(refused({{}, Keys{"dayly"}}),
              AllOf(HasSubstr("ORCH-0315"), HasSubstr("did you mean \"daily\"")));
  EXPECT_THAT(refused({Keys{"fx_pair"}, Keys{"x"}}), HasSubstr("ORCH-0314"));
  EXPECT_THAT(refused({Keys{"treatty"}, Keys{"dayly"}, true}), HasSubstr("nothing"));
}

TEST_F(CatalogTest, AListOfNoneChoosesNone) {
  using Keys = std::vector<std::string>;
  const auto all = catalog::parse_catalog(
      json::parse(R"({"version":1,"defaults":{"source":{"connection":"a"},)"
                  R"("target":{"connection":"b"}},"tables":[{"source":{"table":"treaty"}}]})"),
      "c");
  for (const auto& [choice, list] :
       {std::pair(catalog::Choice{Keys{}, {}}, "only"), {catalog::Choice{{}, Keys{}}, "tags"}}) {
    try {
      catalog::choose(all, choice);
      ADD_FAILURE() << list;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0314");
      EXPECT_THAT(error.what(), HasSubstr(fmt::format("\"{}\" is an empty list", list)));
    }
    auto meant = choice;
    meant.allow_empty = true;
    EXPECT_THAT(catalog::choose(all, meant), testing::IsEmpty());
  }
  EXPECT_THAT(keys(catalog::choose(all, catalog::choice_of({}, {}))), ElementsAre("treaty"));
}

TEST_F(CatalogTest, DiscoversTablesInOrder) {
  run_sql(folder_ / "from.db", "INSERT INTO b VALUES (1, 'x')");
  const auto found = catalog::discover(connections(), {"from", "to", {}, {}, {}}).catalog;
  EXPECT_EQ(json::write(found),
            R"({"version":1,"discover":{"source":"from","target":"to"},)"
            R"("defaults":{"source":{"connection":"from"},"target":{"connection":"to"}},"tables":[)"
            R"({"source":{"table":"a"},"checks":[{"max_shrink_percent":50}]},)"
            R"({"source":{"table":"b"},"checks":[{"unique":["id"]},{"min_rows":1},)"
            R"({"max_shrink_percent":50}]}]})");
  EXPECT_THAT(keys(catalog::parse_catalog(found, "found").entries), ElementsAre("a", "b"));
}

TEST_F(CatalogTest, AFileThatCannotBeReadHidesNoOther) {
  folder_.write("good.csv", "id\n1\n");
  folder_.write("bad.csv", "id,name\n1,\"a\"b\"\n");
  folder_.write("empty.csv", "");
  const auto found = catalog::discover(connections(), {"drop", "to", {}, {}, {}});
  EXPECT_THAT(keys(catalog::parse_catalog(found.catalog, "found").entries), ElementsAre("good"));
  std::vector<std::string> reasons;
  for (const auto& left : found.left_out) reasons.push_back(left.reason);
  EXPECT_THAT(reasons, ::testing::IsSupersetOf(
                           {HasSubstr("bad.csv, line 2"), HasSubstr("empty.csv, line 1")}));
}

TEST_F(CatalogTest, NamesThatTheTargetTakesForOneAreProblems) {
  const auto all = catalog::parse_catalog(
      json::parse(
          R"({"version":1,"defaults":{"source":{"connection":"from"},)"
          R"("target":{"connection":"to"}},"tables":[{"source":{"table":"Note"}},)"
          R"({"source":{"table":"b"}},)"
          R"({"key":"n2","source":{"table":"a"},"target":{"table":"nOTE"}},)"
          R"({"key":"n3","source":{"table":"a"},"target":{"connection":"gone","table":"x"}},)"
          R"({"key":"n4","source":{"table":"a"},"target":{"connection":"also","table":"B"}}]})"),
      "c");
  folder_.write("connections.json",
                R"({"version":1,"connections":{"from":{"url":"sqlite:from.db"},)"
                R"("to":{"url":"sqlite:to.db"},"also":{"url":"sqlite:./x/../to.db"}}})");
  expect_problems(catalog::target_name_problems(all, connections()),
                  {boost::json::array{"n2", "one table with Note"},
                   boost::json::array{"n4", "one table with b of the entry \"b\""}});
}

TEST_F(CatalogTest, ATableOfColumns) {
  run_sql(
      folder_ / "from.db",
      "CREATE TABLE catalog (key TEXT, source_connection TEXT, source_table TEXT,"
      " target_connection TEXT, strategy TEXT, key_columns TEXT, checks TEXT, parts INTEGER,"
      " watermark_column TEXT, tags TEXT);"
      "INSERT INTO catalog VALUES"
      " (NULL, 'from', 'a', 'to', NULL, NULL, NULL, NULL, NULL, NULL),"
      " ('bee', 'from', 'b', 'to', 'upsert', 'id, n', '[{\"min_rows\":1}]', 3, 'id', '[\"x\"]')");
  const auto catalog = from_table("from", {{"", "catalog"}, ""});
  ASSERT_THAT(keys(catalog.entries), ElementsAre("a", "bee"));
  const auto& bee = catalog.entries[1];
  EXPECT_EQ(bee.strategy, data::Strategy::upsert);
  EXPECT_THAT(bee.key_columns, ElementsAre("id", "n"));
  EXPECT_EQ(bee.checks.size(), 1u);
  EXPECT_EQ(bee.parts, 3);
  EXPECT_EQ(bee.watermark, "id");
  EXPECT_THAT(bee.tags, ElementsAre("x"));
}

TEST_F(CatalogTest, ATableOfDocumentsAndAQuery) {
  const std::string entry =
      R"({"source":{"connection":"from","table":"a"},"target":{"connection":"to"}})";
  run_sql(folder_ / "from.db",
          "CREATE TABLE catalog (entry TEXT, active INTEGER);"
          "INSERT INTO catalog VALUES ('" +
              entry + "', 1), ('broken', 0)");
  const auto catalog = from_table("from", {{}, "SELECT entry FROM catalog WHERE active = 1"});
  EXPECT_THAT(keys(catalog.entries), ElementsAre("a"));
  const auto problems = problems_of_table("from", {{}, "SELECT entry FROM catalog"});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].pointer, "/tables/1");
  EXPECT_THAT(problems[0].message, HasSubstr("the column entry is not JSON"));
}

TEST_F(CatalogTest, ACsvFile) {
  folder_.write("catalog.csv",
                "source_connection,source_table,target_connection,tags\nfrom,a,to,\"x,y\"\n");
  const auto catalog = from_table("drop", {{"", "catalog"}, ""});
  ASSERT_THAT(keys(catalog.entries), ElementsAre("a"));
  EXPECT_THAT(catalog.entries[0].tags, ElementsAre("x", "y"));
}

TEST_F(CatalogTest, ATablesUnknownColumnIsAProblem) {
  run_sql(folder_ / "from.db", "CREATE TABLE catalog (source_tabel TEXT)");
  const auto problems = problems_of_table("from", {{"", "catalog"}, ""});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].message, HasSubstr("did you mean \"source_table\""));
}

TEST_F(CatalogTest, ACheckFindsEveryTableThatCannotTravel) {
  const auto catalog = catalog::parse_catalog(
      json::parse(
          R"({"version":1,"defaults":{"source":{"connection":"from"},)"
          R"("target":{"connection":"to"}},"tables":[{"source":{"table":"a"}},)"
          R"({"source":{"table":"bb"}},{"source":{"table":"b"},"exclude":["m"]},)"
          R"({"key":"g1","source":{"connection":"gone","table":"x"}},)"
          R"({"key":"g2","source":{"connection":"gone","table":"y"}},)"
          R"({"key":"w","source":{"table":"b"},"target":{"table":"w"},"where":"idd > 0"},)"
          R"({"key":"s","source":{"table":"b"},"target":{"table":"s"},"where":"id > 0) OR (1"},)"
          R"({"key":"q","source":{"query":"SELECT id FROM b;"},"target":{"table":"q"}},)"
          R"({"key":"k","source":{"table":"b"},"target":{"table":"k"},)"
          R"("checks":[{"unique":["idd"]},{"sql":"m > 0"},{"sql":"n <> ''"}]}]})"),
      "c");
  expect_problems(
      replication::check_catalog(catalog, catalog.entries, connections()),
      {boost::json::array{"bb", "Source.TableMissing"},
       boost::json::array{"b", "Source.ColumnMissing"}, boost::json::array{"g1", "Connection.Down"},
       boost::json::array{"g2", "Connection.Down"}, boost::json::array{"w", "no such column: idd"},
       boost::json::array{"s", "Source.QueryFailed"}, boost::json::array{"q", "Source.QueryFailed"},
       boost::json::array{"k", "no column \"idd\" is copied; did you mean \"id\"?"},
       boost::json::array{"k", "the check \"m > 0\" cannot be run: "}});
}

}  // namespace
}  // namespace orch::test
