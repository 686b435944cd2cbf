// Between PostgreSQL and other engines: exact or refused.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using test::entry_of;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::HasSubstr;

const std::vector<std::string> chinook_tables = {
    "Artist",    "Album",    "Employee", "Customer",    "Genre",        "Invoice",
    "MediaType", "Playlist", "Track",    "InvoiceLine", "PlaylistTrack"};

/// Equal texts, or numbers that only differ in their zeros.
bool same_cell(const std::optional<std::string>& there, const std::optional<std::string>& here) {
  if (there == here) return true;
  if (!there || !here) return false;
  char *there_end = nullptr, *here_end = nullptr;
  const double one = std::strtod(there->c_str(), &there_end);
  const double other = std::strtod(here->c_str(), &here_end);
  return *there_end == '\0' && *here_end == '\0' && one == other;
}

/// Every row of a table, ordered by its first columns.
std::vector<test::PgRow> rows_in(const std::filesystem::path& file, const std::string& table) {
  sqlite::Database db(file, sqlite::Access::read_only);
  sqlite::Statement found(db, "SELECT * FROM \"" + table + "\" ORDER BY 1, 2");
  std::vector<test::PgRow> rows;
  while (found.step()) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < found.columns(); ++i) {
      auto& cell = row.emplace_back();
      if (found.storage(i) != sqlite::Storage::null) cell = found.text(i);
    }
  }
  return rows;
}

void expect_same_cells(const std::vector<test::PgRow>& there, const std::vector<test::PgRow>& here,
                       const std::string& table) {
  ASSERT_EQ(there.size(), here.size()) << table;
  for (std::size_t row = 0; row < there.size(); ++row) {
    ASSERT_EQ(there[row].size(), here[row].size()) << table;
    for (std::size_t i = 0; i < there[row].size(); ++i)
      ASSERT_TRUE(same_cell(there[row][i], here[row][i]))
          << table << ": " << there[row][i].value_or("NULL") << " and "
          << here[row][i].value_or("NULL");
  }
}

TEST(Chinook, ArrivesFromSqliteAndGoesBack) {
  const auto original = test::shared_folder() / "data/chinook/Chinook_Sqlite.sqlite";
  if (!std::filesystem::exists(original)) GTEST_SKIP() << "no shared data at " << original;
  const test::TempFolder folder;
  test::Pair pair;
  const auto source = sqlite::open_source(original, "from");
  test::Replication there(*source, pair.target());
  auto middle = postgres::open_source({pair.server.conninfo(pair.to_name), "middle"});
  const auto end = sqlite::open_target(folder / "back.db", "back");
  test::Replication back(*middle, *end);
  for (const auto& table : chinook_tables) {
    there.replicate(entry_of(table));
    expect_same_cells(rows_in(original, table),
                      test::pg_rows(pair.to, "SELECT * FROM \"" + table + "\" ORDER BY 1, 2"),
                      table);
    back.replicate(entry_of(table));
    expect_same_cells(rows_in(original, table), rows_in(folder / "back.db", table), table);
  }
}

TEST(Chinook, ArrivesFromPostgresqlRowByRow) {
  const auto script = test::shared_folder() / "data/chinook/Chinook_PostgreSql.sql";
  if (!std::filesystem::exists(script)) GTEST_SKIP() << "no shared data at " << script;
  test::Pair pair;
  std::ifstream file(script);
  std::string sql((std::istreambuf_iterator<char>(file)), {});
  // The script makes its own database first; ours is there already.
  const auto tables = sql.find("CREATE TABLE");
  ASSERT_NE(tables, std::string::npos);
  pg_run(pair.from, sql.substr(tables));
  const auto all = pair.source().list();
  ASSERT_EQ(all.size(), 11u);
  const test::TempFolder folder;
  const auto there = folder / "there.db";
  const auto embedded = sqlite::open_target(there, "there");
  test::Replication to_sqlite(pair.source(), *embedded);
  for (const auto& table : all) {
    pair.replication().replicate(entry_of(table.name.name));
    const auto rows = "SELECT t::text FROM " + table.name.name + " t ORDER BY 1";
    EXPECT_EQ(test::pg_rows(pair.to, rows), test::pg_rows(pair.from, rows)) << table.name.name;
    to_sqlite.replicate(entry_of(table.name.name));
    expect_same_cells(
        test::pg_rows(pair.from, "SELECT * FROM " + table.name.name + " ORDER BY 1, 2"),
        rows_in(there, table.name.name), table.name.name);
  }
}

class FromSqlite : public testing::Test {
 protected:
  std::string replicate(const std::string& source_sql, const std::string& target_sql,
                        std::string* message = nullptr) {
    test::run_sql(file_, source_sql);
    if (!target_sql.empty()) pg_run(pair_.to, target_sql);
    const auto source = sqlite::open_source(file_, "from");
    test::Replication replication(*source, pair_.target());
    return error_of([&] { replication.replicate(entry_of("t")); }, message);
  }
  std::string rows() {
    return pg_value(pair_.to, "SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM t");
  }
  test::TempFolder folder_;
  std::filesystem::path file_ = folder_ / "source.db";
  test::Pair pair_;
};

TEST_F(FromSqlite, ValuesArriveExactly) {
  EXPECT_EQ(
      replicate(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, n NUMERIC(12,2), r REAL, s TEXT, b BLOB);"
          "INSERT INTO t VALUES (1, 0.1, 0.1, 'ä', x'00ff'), (2, -5, -1e300, '', x''),"
          "(3, 1234567890.12, 5e-324, NULL, NULL)",
          "CREATE TABLE t (id bigint PRIMARY KEY, n numeric(12,2), r float8, s text, b bytea)"),
      "no failure");
  EXPECT_EQ(rows(),
            R"((1,0.10,0.1,ä,"\\x00ff") (2,-5.00,-1e+300,"","\\x") (3,1234567890.12,5e-324,,))");
}

TEST_F(FromSqlite, DatesArriveFromText) {
  EXPECT_EQ(
      replicate(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, d TEXT, ts TEXT, tz TEXT, u TEXT, j TEXT);"
          "INSERT INTO t VALUES (1, '2026-02-28', '2026-02-28 23:59:59.999999', "
          "'2026-02-28 12:00:00+02:00', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '{\"a\": 1.10}')",
          "CREATE TABLE t (id int, d date, ts timestamp, tz timestamptz, u uuid, j json)"),
      "no failure");
}

struct Refusal {
  const char* name;
  const char* value;
  const char* type;
};

class Refused : public FromSqlite, public testing::WithParamInterface<Refusal> {};

TEST_P(Refused, WithPlaceValueAndType) {
  std::string message;
  const auto error = replicate(
      fmt::format("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, {})",
                  GetParam().value),
      fmt::format("CREATE TABLE t (id bigint PRIMARY KEY, v {})", GetParam().type), &message);
  EXPECT_THAT(error, testing::AnyOf("Type.ValueRefused", "Type.Unsupported", "Schema.Mismatch"))
      << message;
  EXPECT_THAT(message, HasSubstr("v"));
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM t"), "0");
}

INSTANTIATE_TEST_SUITE_P(Values, Refused,
                         testing::Values(Refusal{"SmallintTooLarge", "32768", "smallint"},
                                         Refusal{"IntegerTooSmall", "-2147483649", "integer"},
                                         Refusal{"FractionInInteger", "1.5", "bigint"},
                                         Refusal{"TextInInteger", "'12a'", "integer"},
                                         Refusal{"ScaleTooLong", "'1.005'", "numeric(9,2)"},
                                         Refusal{"NumericTooLarge", "12345", "numeric(4,0)"},
                                         Refusal{"TextTooLong", "'äöüß'", "varchar(3)"},
                                         Refusal{"NulInText", "'a' || char(0) || 'b'", "text"},
                                         Refusal{"InvalidUtf8", "CAST(x'ff' AS TEXT)", "text"},
                                         Refusal{"NoSuchDay", "'2026-02-30'", "date"},
                                         Refusal{"NoSuchTime", "'25:00'", "time"},
                                         Refusal{"NotAUuid", "'x'", "uuid"},
                                         Refusal{"BrokenJson", "'{\"a\":'", "jsonb"},
                                         Refusal{"BrokenJsonText", "'{'", "json"},
                                         Refusal{"NotABoolean", "2", "boolean"},
                                         Refusal{"DoubleInReal", "0.123456789", "real"},
                                         Refusal{"BlobInText", "x'41'", "text"}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(FromCsv, TextArrivesInTypedColumns) {
  const test::TempFolder folder;
  folder.write("t.csv", "id,amount,at,note\n1,10.50,2026-01-31,\"a,b\"\n2,-0.01,2026-02-01,\n");
  test::Pair pair;
  pg_run(pair.to,
         "CREATE TABLE t (id integer PRIMARY KEY, amount numeric(9,2), at date, note text)");
  const auto source = csv::open_source(folder.path(), {}, "files");
  test::Replication replication(*source, pair.target());
  replication.replicate(entry_of("t"));
  EXPECT_EQ(pg_value(pair.to, "SELECT string_agg(t::text, ' ' ORDER BY id) FROM t"),
            "(1,10.50,2026-01-31,\"a,b\") (2,-0.01,2026-02-01,)");
}

}  // namespace
}  // namespace orch
