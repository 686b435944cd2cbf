// The Chinook database from its MySQL script, into PostgreSQL and SQLite, every row compared with
// what its PostgreSQL script gives.
#include <cctype>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/temp_folder.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::PostgresServer;

class MysqlChinook : public testing::Test {
 protected:
  void SetUp() override {
    const auto scripts = test::shared_folder() / "data/chinook";
    if (!std::filesystem::exists(scripts)) GTEST_SKIP() << "no shared data at " << scripts;
    server_.load(scripts / "Chinook_MySql.sql");
    source_ = mysql::open_source(server_.settings("Chinook"));
    ASSERT_EQ(source_->list().size(), 11u);
    expected_ = postgres_.create_database("chinook_expected");
    std::ifstream in(scripts / "Chinook_PostgreSql.sql");
    std::ostringstream text;
    text << in.rdbuf();
    // Without the lines that make a database and go to it.
    auto sql = text.str();
    const auto begin = sql.find("CREATE TABLE");
    ASSERT_NE(begin, std::string::npos);
    test::pg_run(expected_, sql.substr(begin));
  }

  void replicate(data::Target& target) {
    test::Replication replication(*source_, target);
    for (const auto& table : source_->list())
      replication.replicate(test::entry_of(table.name.name));
  }

  /// "playlist_track" for "PlaylistTrack".
  static std::string snake(const std::string& name) {
    std::string made;
    for (const char c : name) {
      if (std::isupper(static_cast<unsigned char>(c)) && !made.empty()) made += '_';
      made += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return made;
  }

  /// Each column as text, in the order of the first two columns, in SQL that both databases have;
  /// `named` spells names. Without what only one of the
  /// scripts has: blanks at the end, and backslashes (which MySQL takes for escapes).
  static std::string select(const data::Table& table, std::string (*named)(const std::string&)) {
    std::vector<std::string> columns;
    for (const auto& column : table.columns)
      columns.push_back(
          fmt::format(R"(rtrim(replace(CAST({} AS text), '\', '')))", named(column.name)));
    const auto from = named(table.name.name);
    return fmt::format("SELECT {0} FROM {1} ORDER BY {1}.{2}, {1}.{3}", fmt::join(columns, ", "),
                       from, named(table.columns[0].name), named(table.columns[1].name));
  }

  static std::string quoted(const std::string& name) { return "\"" + name + "\""; }

  void expect_same(const std::vector<test::PgRow>& found, const data::Table& table) const {
    SCOPED_TRACE(table.name.name);
    const auto expected = test::pg_rows(expected_, select(table, snake));
    ASSERT_FALSE(expected.empty());
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected[i]);
  }

  static std::vector<test::PgRow> rows_of(const std::filesystem::path& file,
                                          const std::string& query) {
    sqlite::Database db(file, sqlite::Access::read_only);
    sqlite::Statement statement(db, query);
    std::vector<test::PgRow> rows;
    while (statement.step()) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < statement.columns(); ++i) {
        auto& cell = row.emplace_back();
        if (statement.storage(i) != sqlite::Storage::null) cell = statement.text(i);
      }
    }
    return rows;
  }

  test::MariadbServer& server_ = test::MariadbServer::shared();
  PostgresServer& postgres_ = PostgresServer::shared();
  std::unique_ptr<data::Source> source_;
  std::string expected_;
};

TEST_F(MysqlChinook, ArrivesInPostgresql) {
  const auto url = postgres_.create_database("chinook_from_mysql");
  const auto target = postgres::open_target({postgres_.conninfo("chinook_from_mysql"), "to"});
  replicate(*target);
  for (const auto& listed : source_->list()) {
    const auto table = source_->describe({listed.name, ""});
    expect_same(test::pg_rows(url, select(table, quoted)), table);
  }
}

TEST_F(MysqlChinook, ArrivesInSqlite) {
  const test::TempFolder folder;
  const auto file = folder / "chinook.db";
  const auto target = sqlite::open_target(file, "to");
  replicate(*target);
  for (const auto& listed : source_->list()) {
    const auto table = source_->describe({listed.name, ""});
    expect_same(rows_of(file, select(table, quoted)), table);
  }
}

}  // namespace
}  // namespace orch
