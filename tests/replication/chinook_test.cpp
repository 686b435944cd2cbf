// The Chinook sample database, SQLite to SQLite, every row compared.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::Replication;

class Chinook : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(original_)) GTEST_SKIP() << "no shared data at " << original_;
    std::filesystem::copy_file(original_, source_file_);
    std::filesystem::permissions(source_file_, std::filesystem::perms::owner_all);
  }

  void expect_same(const std::string& table) const {
    const auto all = "SELECT * FROM \"" + table + "\" ORDER BY rowid";
    EXPECT_EQ(test::rows_of(target_file_, all), test::rows_of(source_file_, all)) << table;
  }

  test::TempFolder folder_;
  std::filesystem::path original_ = test::shared_folder() / "data/chinook/Chinook_Sqlite.sqlite";
  std::filesystem::path source_file_ = folder_ / "source.sqlite";
  std::filesystem::path target_file_ = folder_ / "target.sqlite";
};

TEST_F(Chinook, ArrivesRowByRowInNewTables) {
  auto source = sqlite::open_source(source_file_, "from");
  auto target = sqlite::open_target(target_file_, "to");
  Replication replication(*source, *target);
  const auto tables = source->list();
  ASSERT_EQ(tables.size(), 11u);
  for (const auto& table : tables) {
    const auto merged = replication.replicate(test::entry_of(table.name.name));
    EXPECT_EQ(merged.at("inserted"), test::count_of(source_file_, "\"" + table.name.name + "\""));
    expect_same(table.name.name);
  }
  EXPECT_EQ(test::count_of(target_file_, "orch_evidence"), 11);
  EXPECT_EQ(test::count_of(target_file_, "orch_load"), 0);
  EXPECT_EQ(test::count_of(target_file_, "sqlite_schema WHERE name LIKE 'orch_stage%'"), 0);
}

TEST_F(Chinook, ArrivesInTablesThatExistAndKeepTheirRules) {
  std::filesystem::copy_file(source_file_, target_file_,
                             std::filesystem::copy_options::overwrite_existing);
  test::run_sql(target_file_,
                "DELETE FROM Track WHERE TrackId > 100; UPDATE Artist SET Name = 'nobody';"
                "CREATE VIEW titles AS SELECT Title FROM Album");
  const auto rules =
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'orch%' "
      "AND name NOT LIKE 'sqlite_autoindex_orch%' ORDER BY 1, 2";
  const auto before = test::rows_of(target_file_, rules);
  auto source = sqlite::open_source(source_file_, "from");
  auto target = sqlite::open_target(target_file_, "to");
  Replication replication(*source, *target);
  for (const auto& table : {"Artist", "Genre", "MediaType", "Track", "Album"}) {
    replication.replicate(test::entry_of(table));
    expect_same(table);
  }
  EXPECT_EQ(test::rows_of(target_file_, rules), before);
}

TEST_F(Chinook, ManyTablesStageIntoOneFileAtTheSameTime) {
  const std::vector<std::string> tables{"Album",       "Artist",  "Customer", "Employee",
                                        "Genre",       "Invoice", "Playlist", "PlaylistTrack",
                                        "InvoiceLine", "Track",   "MediaType"};
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    threads.emplace_back([&, i] {
      auto source = sqlite::open_source(source_file_, "from");
      auto target = sqlite::open_target(target_file_, "to");
      Replication replication(*source, *target, static_cast<std::int64_t>(10 * i + 1));
      replication.replicate(test::entry_of(tables[i]));
      ++done;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 11);
  for (const auto& table : tables) expect_same(table);
}

}  // namespace
}  // namespace orch
