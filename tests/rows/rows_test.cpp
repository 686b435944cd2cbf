// Every value of tests/rows/values.json from its source into every column it names: what the column
// then holds, or why not.
//
// A line is {"name", "from", "value", "hex"?, "into": {target: expectation}}. "from" is an engine
// and the type of the source's column; "value" an SQL expression, a field of a CSV file as it
// stands there ("hex": its bytes instead), or JSON. A target is an engine and the type of a column
// that is there, or an engine and "made": the table is made by orch, and the expectation begins
// with the type that the column got, in brackets. The expectation is the value in text (SQLite:
// with its storage class), or "refused" and the name of the error.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/db/duckdb.h"
#include "orchestrator/db/sqlite_db.h"
#include "tests/support/case_file.h"
#include "tests/support/known_failures.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/odbc_driver.h"
#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/duckdb/duckdb.h"
#include "workers/duckdb/open_file.h"
#include "workers/jsonl/jsonl.h"
#include "workers/lake/lake.h"
#include "workers/postgres/postgres.h"
#include "workers/replication/plan_request.h"
#include "workers/rows/refusable.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using boost::json::object;
using test::PostgresServer;

/// "postgresql numeric(9,2)" in its two parts.
struct Place {
  explicit Place(const std::string& text)
      : engine(text.substr(0, text.find(' '))),
        type(engine.size() == text.size() ? "" : text.substr(engine.size() + 1)) {}
  std::string engine;
  std::string type;
};

std::string text(const object& one, const char* member) {
  const auto* value = one.if_contains(member);
  return value ? std::string(value->as_string()) : std::string();
}

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

/// The databases of the program; empty at the beginning of each line's target.
class Databases {
 public:
  static Databases& shared() {
    static Databases made;
    return made;
  }

  std::unique_ptr<data::Source> source(const object& line) {
    const Place from(text(line, "from"));
    const auto made = fmt::format(
        "DROP TABLE IF EXISTS t; CREATE TABLE t (id integer PRIMARY KEY, v {}); INSERT INTO t "
        "VALUES (1, {})",
        from.type, text(line, "value"));
    if (from.engine == "csv") {
      const auto field =
          line.contains("hex") ? bytes_of_hex(text(line, "hex")) : text(line, "value");
      folder_.write("t.csv", "id,v\n1," + field + "\n");
      return csv::open_source(folder_.path(), {}, "from");
    }
    if (from.engine == "jsonl") {
      folder_.write("t.jsonl", R"({"id":1,"v":)" + text(line, "value") + "}\n");
      return jsonl::open_source(folder_.path(), "from");
    }
    if (from.engine == "duckdb" || from.engine == "parquet") {
      const bool folder = from.engine == "parquet";
      std::filesystem::remove(folder_ / "source.duckdb");
      duckdb::Connection made_by({.path = folder_ / "source.duckdb"});
      made_by.exec(made);
      if (folder) made_by.exec("COPY t TO " + duckdb::literal((folder_ / "t.parquet").string()));
      return duckdb::open_source(
          {folder ? folder_.path() : folder_ / "source.duckdb", folder, "from"});
    }
    if (from.engine == "mysql") {
      // Zero dates, and enumerations without the value, are kept by servers that are not strict.
      auto& server = test::MariadbServer::shared();
      server.run("SET sql_mode = '', time_zone = '+00:00'; " + made);
      return mysql::open_source(server.settings());
    }
    if (from.engine == "sqlite") {
      test::run_sql(folder_ / "source.db", made);
      return sqlite::open_source(folder_ / "source.db", "from");
    }
    test::pg_run(server_.url("rows_from"), made);
    return postgres::open_source({server_.conninfo("rows_from"), "from"});
  }

  /// What source() has just made, through an ODBC driver.
  std::unique_ptr<data::Source> through_odbc(const Place& from) const {
    odbc::Settings settings;
    if (from.engine == "mysql")
      settings.attributes = test::odbc_attributes(test::MariadbServer::shared(), "test");
    else if (from.engine == "postgresql")
      settings.attributes = test::odbc_attributes(server_, "rows_from");
    else
      settings.attributes = test::odbc_attributes(folder_ / "source.db");
    settings.display = "from";
    return odbc::open_source(settings);
  }

  /// Each load has a table of its own: nothing is known of an earlier one.
  std::unique_ptr<data::Target> target(const Place& place) {
    table_ = fmt::format("t{}", ++tables_);
    const auto made =
        fmt::format("CREATE TABLE {} (id integer PRIMARY KEY, v {})", table_, place.type);
    if (place.engine == "sqlite") {
      if (place.type != "made") test::run_sql(file_, made);
      return sqlite::open_target(file_, "to");
    }
    if (place.engine == "duckdb") {
      if (place.type != "made") {
        const duckdb::OpenFile file(duckdb_file_, duckdb::FileUse::write, {});
        file.connect().exec(made);
      }
      return duckdb::open_target(duckdb_file_, "to");
    }
    if (place.engine == "parquet") {
      lake::Zone zone;
      zone.folder = zone_;
      zone.display = "to";
      return lake::open_target(zone);
    }
    if (place.type != "made") test::pg_run(server_.url("rows_to"), made);
    return postgres::open_target({server_.conninfo("rows_to"), "to"});
  }

  const std::string& table() const { return table_; }

  /// What column v of the table holds, as expectations spell it.
  std::string stored(const Place& place) {
    const bool made = place.type == "made";
    if (place.engine == "sqlite")
      return (made ? "[" + declared_type() + "] " : "") + stored_in_sqlite();
    if (place.engine == "duckdb" || place.engine == "parquet") return seen_by_duckdb(place);
    const auto type =
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'v' AND "
        "attrelid = "
        "'" +
        table_ + "'::regclass";
    return (made ? "[" + test::pg_value(server_.url("rows_to"), type) + "] " : "") +
           test::pg_value(server_.url("rows_to"),
                          "SET TimeZone = 'UTC'; SELECT v::" +
                              std::string(padded(place) ? "bpchar" : "text") + " FROM " + table_);
  }

 private:
  Databases() {
    for (const char* name : {"rows_from", "rows_to"}) server_.create_database(name);
  }

  /// A cast to text would remove the padding of character(n).
  static bool padded(const Place& place) { return place.type.starts_with("char("); }

  std::string declared_type() const {
    sqlite::Database db(file_, sqlite::Access::read_only);
    sqlite::Statement info(db, "SELECT type FROM pragma_table_info(?1) WHERE name = 'v'");
    info.bind(table_);
    info.step();
    return std::string(info.text(0));
  }

  std::string stored_in_sqlite() const {
    sqlite::Database db(file_, sqlite::Access::read_only);
    sqlite::Statement row(db, "SELECT v, hex(v) FROM " + table_);
    if (!row.step()) return "no row";
    switch (row.storage(0)) {
      case sqlite::Storage::integer:
        return fmt::format("integer {}", row.int64(0));
      case sqlite::Storage::real:
        return fmt::format("real {}", row.real(0));
      case sqlite::Storage::text:
        return fmt::format("text {}", row.text(0));
      case sqlite::Storage::blob:
        return fmt::format("blob {}", row.text(1));
      case sqlite::Storage::null:
        break;
    }
    return "null";
  }

  /// The value with the type that DuckDB finds in its file or in the Parquet file.
  std::string seen_by_duckdb(const Place& place) const {
    const auto look = [&](duckdb::Connection connection, const std::string& from) {
      const auto rows =
          connection.texts("SELECT typeof(v), coalesce(CAST(v AS VARCHAR), 'null') FROM " + from);
      if (rows.empty()) return std::string("no row");
      return (place.type == "made" ? "[" + rows[0][0] + "] " : "") + rows[0][1];
    };
    if (place.engine == "duckdb") {
      const duckdb::OpenFile file(duckdb_file_, duckdb::FileUse::write, {});
      return look(file.connect(), table_);
    }
    duckdb::Connection connection(duckdb::Opening{});
    connection.exec("SET TimeZone = 'UTC'");
    return look(std::move(connection), duckdb::literal((zone_ / table_ / "*.parquet").string()));
  }

  PostgresServer& server_ = PostgresServer::shared();
  test::TempFolder folder_;
  std::filesystem::path duckdb_file_ = folder_ / "target.duckdb";
  std::filesystem::path zone_ = folder_ / "zone";
  std::filesystem::path file_ = folder_ / "target.db";
  std::string table_;
  int tables_ = 0;
};

/// Loads the line into one target; what came of it, as expectations spell it.
std::string outcome(const object& line, const Place& place, bool through_odbc = false) {
  auto& databases = Databases::shared();
  auto source = databases.source(line);
  if (through_odbc) source = databases.through_odbc(Place(text(line, "from")));
  const auto target = databases.target(place);
  test::Replication replication(*source, *target);
  auto entry = test::entry_of("t");
  entry.key = entry.target.name = databases.table();
  try {
    const auto load = replication.stage(entry);
    replication.verify(entry, load);
    replication.merge(entry, load);
  } catch (const workers::TaskFailed& failure) {
    return fmt::format("refused {}\n  {}", failure.error(), failure.what());
  }
  return databases.stored(place);
}

test::KnownFailures& known_failures() {
  static test::KnownFailures known("rows/known_failures.json");
  return known;
}

/// Why a line that needs DuckDB cannot be tried; empty: it can, or needs none.
std::string missing_duckdb(const object& line) {
  const auto by_duckdb = [](std::string_view place) {
    return place.starts_with("duckdb") || place.starts_with("parquet");
  };
  if (!by_duckdb(text(line, "from")) &&
      std::ranges::none_of(line.at("into").as_object(),
                           [&](const auto& into) { return by_duckdb(into.key()); }))
    return {};
  try {
    duckdb::library_version();
    return {};
  } catch (const duckdb::LibraryMissing& missing) {
    return fmt::format("{}; scripts/install-duckdb brings it", missing.what());
  }
}

class Rows : public testing::TestWithParam<object> {};

TEST_P(Rows, ArriveOrAreRefused) {
  const auto& line = GetParam();
  if (const auto missing = missing_duckdb(line); !missing.empty()) GTEST_SKIP() << missing;
  for (const auto& [where, wanted] : line.at("into").as_object()) {
    const auto found = outcome(line, Place(std::string(where)));
    const bool right = found.substr(0, found.find('\n')) == wanted.as_string();
    known_failures().judge(
        test::case_name(line), std::string(where),
        right ? std::vector<std::string>()
              : std::vector<std::string>{fmt::format("{} into {}: found {}, expected {}",
                                                     test::case_name(line), std::string(where),
                                                     found, std::string(wanted.as_string()))});
  }
}

INSTANTIATE_TEST_SUITE_P(Values, Rows, testing::ValuesIn(test::cases_in("../rows/values.json")),
                         [](const auto& instance) { return test::case_name(instance.param); });

/// What tests/rows/odbc.json expects instead where a driver is not what the engine's own client is:
/// {"name", "into", "why"}.
std::string expected_through_odbc(const object& line, std::string_view where,
                                  std::string_view wanted) {
  static const auto others = test::cases_in("../rows/odbc.json");
  for (const auto& other : others)
    if (test::case_name(other) == test::case_name(line))
      if (const auto* found = other.at("into").as_object().if_contains(where))
        return std::string(found->as_string());
  return std::string(wanted);
}

/// Lines whose source has an ODBC driver that is free to install.
std::vector<object> lines_for_odbc() {
  std::vector<object> lines;
  for (const auto& line : test::cases_in("../rows/values.json"))
    if (const auto engine = Place(text(line, "from")).engine;
        engine == "mysql" || engine == "postgresql" || engine == "sqlite")
      lines.push_back(line);
  return lines;
}

class RowsThroughOdbc : public testing::TestWithParam<object> {};

// A target of the same engine takes the native source's values as they are stored; through ODBC
// there is no such way.
TEST_P(RowsThroughOdbc, ArriveAsThroughTheEnginesOwnClient) {
  const auto& line = GetParam();
  const Place from(text(line, "from"));
  if (const auto missing = test::missing_odbc_driver(from.engine); !missing.empty())
    GTEST_SKIP() << missing;
  if (const auto missing = missing_duckdb(line); !missing.empty()) GTEST_SKIP() << missing;
  for (const auto& [where, wanted] : line.at("into").as_object()) {
    const Place place{std::string(where)};
    if (place.engine == from.engine) continue;
    const auto found = outcome(line, place, true);
    EXPECT_EQ(found.substr(0, found.find('\n')),
              expected_through_odbc(line, where, wanted.as_string()))
        << found;
  }
}

INSTANTIATE_TEST_SUITE_P(Values, RowsThroughOdbc, testing::ValuesIn(lines_for_odbc()),
                         [](const auto& instance) { return test::case_name(instance.param); });

/// Why column v of the line may be refused, as `orch plan` says it before any row is read; "plan"
/// where the plan itself is refused, "native" where the rows do not travel as cells.
std::string foretold(const object& line, const Place& place) {
  auto& databases = Databases::shared();
  const auto source = databases.source(line);
  const auto target = databases.target(place);
  auto entry = test::entry_of("t");
  entry.target.name = databases.table();
  try {
    const auto plan = target->plan(replication::make_request(entry, *source, *target));
    if (plan.format != data::RowFormat::cells) return "native";
    return rows::refusable(plan.request.source.columns.at(1), plan.columns.at(1),
                           plan.request.source_traits);
  } catch (const workers::TaskFailed&) {
    return "plan";
  }
}

/// What no column of the kind takes, of whatever source, or is finer than a kind tells:
/// refusable() leaves it out. By what is in the names of the lines.
bool left_out(const std::string& name) {
  constexpr std::array words = {"with_nul",           "_nan",           "_infinity",
                                "mysql_date",         "mysql_time",     "timestamp_ns_finer",
                                "timestamp_too_late", "of_many_digits", "of_38_digits",
                                "into_files_smallint"};
  return std::ranges::any_of(
      words, [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// Values that are refused are of mappings of which the plan says that they may be.
TEST(Refusable, AreForetoldWhereTheyAreRefused) {
  int told = 0;
  for (const auto& line : test::cases_in("../rows/values.json")) {
    if (!missing_duckdb(line).empty()) continue;
    for (const auto& [where, wanted] : line.at("into").as_object()) {
      if (!wanted.as_string().starts_with("refused Type.ValueRefused")) continue;
      const auto name = test::case_name(line);
      const auto why = foretold(line, Place(std::string(where)));
      told += why.empty() ? 0 : 1;
      EXPECT_TRUE(!why.empty() || left_out(name)) << name << " into " << std::string(where);
    }
  }
  EXPECT_GT(told, 200);
}

TEST(KnownFailures, NameLinesOfTheTable) {
  std::set<std::string> names;
  for (const auto& line : test::cases_in("../rows/values.json"))
    for (const auto& [where, wanted] : line.at("into").as_object())
      names.insert(test::KnownFailures::key(test::case_name(line), std::string(where)));
  known_failures().expect_only(names);
}

}  // namespace
}  // namespace orch
