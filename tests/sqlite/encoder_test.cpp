// The encoder against SQLite itself: what it lets pass comes back from the column, byte for byte.
#include "workers/sqlite/encoder.h"

#include <cmath>
#include <deque>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "tests/support/case_file.h"
#include "tests/support/temp_folder.h"
#include "workers/rows/value.h"
#include "workers/sqlite/cells.h"
#include "workers/sqlite/names.h"
#include "workers/worker.h"

namespace orch::sqlite {
namespace {

using data::Cell;
using Type = data::Cell::Type;

Cell integer(std::int64_t value) { return {Type::integer, value}; }
Cell real(double value) { return {Type::real, value}; }
Cell text(std::string_view value) { return {Type::text, value}; }
Cell blob(std::string_view value) { return {Type::blob, value}; }
/// The number that `text` spells; its digits live in `scratch`.
Cell decimal(std::string_view text, std::string& scratch) {
  return Cell(*rows::number_of({Type::text, text}, 0, 0, scratch));
}

/// Typed values, as other databases hand them out.
const std::vector<Cell>& typed_zoo() {
  static std::deque<std::string> digits;
  static const auto cells = [] {
    constexpr auto days = std::numeric_limits<std::int32_t>();
    constexpr auto micros = std::numeric_limits<std::int64_t>();
    std::vector<Cell> made;
    for (const auto* number :
         {"0", "0.00", "-0.5", "7", "-7.00", "1e20", "12.50", "NaN", "-inf", "9223372036854775807",
          "9223372036854775808", "1e300", "1e-7", "12345678901234567890123456789012345678.90"})
      made.push_back(decimal(number, digits.emplace_back()));
    for (const auto value : {0, 1}) made.emplace_back(Type::boolean, value);
    for (const auto value : {0.1F, 1.0F, -0.0F, 3.4e38F}) made.emplace_back(Type::float32, value);
    for (const auto value : {0, -2'451'545, days.max(), days.min()})
      made.emplace_back(Type::date, value);
    for (const auto value : {std::int64_t{0}, std::int64_t{86'400'000'000}})
      made.emplace_back(Type::time, value);
    for (const auto value : {std::int64_t{-1}, std::int64_t{500'000}, micros.max(), micros.min()})
      for (const auto type : {Type::timestamp, Type::timestamptz}) made.emplace_back(type, value);
    made.emplace_back(Type::uuid, std::string_view("0123456789abcdef"));
    return made;
  }();
  return cells;
}

std::vector<Cell> zoo() {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto min = std::numeric_limits<std::int64_t>::min();
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  std::vector<Cell> cells{{}};
  for (const auto value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-7}, max, min, max - 1,
                           std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1})
    cells.push_back(integer(value));
  for (const double value : {0.0, -0.0, 1.0, 1.5, -2.0, 0.1, 1e15, 1e16, 9.2e18, 0x1p62, 0x1p63,
                             -0x1p63, 1e19, 1e300, 5e-324, infinity, -infinity})
    cells.push_back(real(value));
  cells.push_back(real(std::nan("")));
  for (const std::string_view value : {"",
                                       "a",
                                       "007",
                                       "7",
                                       " 7 ",
                                       "+7",
                                       "-0",
                                       "1e5",
                                       "1E+5",
                                       ".5",
                                       "5.",
                                       "0x10",
                                       "NaN",
                                       "Infinity",
                                       "inf",
                                       "12.00",
                                       "12.50",
                                       "1.10",
                                       "12345678901234567890",
                                       "12345678901234567.89",
                                       "1_0",
                                       "true",
                                       "2024-01-01",
                                       "1e400",
                                       "-",
                                       ".",
                                       "e5",
                                       "\t9\n",
                                       "é日本😀"})
    cells.push_back(text(value));
  cells.push_back(text(std::string_view("1\0002", 3)));
  cells.push_back(text("\xff\xfe"));
  cells.push_back(blob(""));
  cells.push_back(blob(std::string_view("\0\x01\xff", 3)));
  return cells;
}

const std::vector<std::string> declared_types{"",     "INTEGER",       "TEXT",  "REAL",
                                              "BLOB", "NUMERIC(10,2)", "DATE",  "VARCHAR(10)",
                                              "JSON", "BOOLEAN",       "DOUBLE"};
const std::vector<std::string> strict_types{"INTEGER", "INT", "TEXT", "REAL", "BLOB", ""};

/// A column of the declared type in a real table; gives back what it stores.
class StoredColumn {
 public:
  StoredColumn(const std::string& declared, bool strict) : db_(folder_ / "t.db") {
    db_.exec("PRAGMA synchronous=OFF");
    const auto type = declared.empty() && strict ? "ANY" : declared;
    db_.exec("CREATE TABLE t (c " + type + ")" + (strict ? " STRICT" : ""));
  }

  std::string round_trip(std::string_view row) {
    db_.exec("DELETE FROM t");
    Statement insert(db_, "INSERT INTO t VALUES (?1)");
    EXPECT_TRUE(bind_row(row, insert, 1).empty());
    insert.run();
    Statement select(db_, "SELECT c FROM t");
    select.step();
    std::string stored;
    append_row(stored, select, 1);
    return stored;
  }

 private:
  test::TempFolder folder_;
  Database db_;
};

ColumnRule rule_for(const std::string& declared, bool strict) {
  ColumnRule rule;
  rule.place = "t.c";
  rule.declared = declared;
  rule.to = column_of("c", declared).kind;
  rule.affinity = affinity_of(declared);
  rule.strict = strict;
  return rule;
}

/// Encodes `cell` by `rule`; empty when it is refused.
std::string encoded(const ColumnRule& rule, const Cell& cell) {
  std::string row;
  try {
    make_encoder({rule})->encode({&cell, 1}, row);
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Type.ValueRefused");
    return {};
  }
  return row;
}

/// A value that `rule` lets pass is what the column then holds.
void expect_comes_back(StoredColumn& column, const ColumnRule& rule, const Cell& cell) {
  const auto row = encoded(rule, cell);
  if (row.empty()) return;
  EXPECT_EQ(column.round_trip(row), row)
      << '"' << rule.declared << "\" strict " << rule.strict << " as stored " << rule.as_stored;
}

void expect_all_come_back(const std::vector<std::string>& types, bool strict) {
  for (const auto& declared : types) {
    StoredColumn column(declared, strict);
    for (const auto& cell : zoo()) {
      auto rule = rule_for(declared, strict);
      expect_comes_back(column, rule, cell);
      rule.parse = true;
      expect_comes_back(column, rule, cell);
      rule.parse = false;
      rule.as_stored = true;
      expect_comes_back(column, rule, cell);
    }
    for (const auto& cell : typed_zoo())
      expect_comes_back(column, rule_for(declared, strict), cell);
  }
}

TEST(Encoder, WhatItLetsPassComesBack) { expect_all_come_back(declared_types, false); }
TEST(Encoder, WhatItLetsPassComesBackFromStrictTables) { expect_all_come_back(strict_types, true); }

TEST(Encoder, FromSqliteTheStorageClassStays) {
  for (const auto& declared : declared_types) {
    auto rule = rule_for(declared, false);
    rule.as_stored = true;
    for (const auto& cell : zoo()) {
      const auto row = encoded(rule, cell);
      const bool minus_zero = cell.type == Type::real && cell.real == 0 && std::signbit(cell.real);
      if (row.empty() || minus_zero) continue;  // few columns have a -0.0
      auto free = rule_for("", false);
      free.as_stored = true;
      EXPECT_EQ(row, encoded(free, cell)) << declared;
    }
  }
}

TEST(Encoder, AColumnWithoutTypeTakesEverythingFromSqliteButNaN) {
  auto rule = rule_for("", false);
  rule.as_stored = true;
  for (const auto& cell : zoo()) {
    const bool nan = cell.type == Type::real && std::isnan(cell.real);
    EXPECT_EQ(encoded(rule, cell).empty(), nan);
  }
}

class EncoderCase : public testing::TestWithParam<boost::json::object> {};

/// tests/cases/sqlite_values.json: a value of another database, the target's type, and what SQLite
/// then holds as typeof and text, or why not.
TEST_P(EncoderCase, Stores) {
  const auto& one = GetParam();
  const std::string declared(one.at("declared").as_string());
  auto rule = rule_for(declared, false);
  const auto from = one.at("from").as_string();
  rule.as_stored = from == "sqlite";
  std::string digits;
  const auto& value = one.at("value");
  Cell cell;
  if (value.is_int64()) cell = integer(value.as_int64());
  if (value.is_double()) cell = real(value.as_double());
  if (value.is_string())
    cell = from == "numeric" ? decimal(value.as_string(), digits) : text(value.as_string());
  std::string row;
  try {
    make_encoder({rule})->encode({&cell, 1}, row);
  } catch (const workers::TaskFailed& failure) {
    ASSERT_TRUE(one.contains("refused")) << failure.what();
    EXPECT_THAT(failure.what(), testing::HasSubstr(std::string(one.at("refused").as_string())));
    return;
  }
  ASSERT_TRUE(one.contains("stored")) << "accepted";
  test::TempFolder folder;
  Database db(folder / "t.db");
  db.exec("CREATE TABLE t (c " + declared + ")");
  Statement insert(db, "INSERT INTO t VALUES (?1)");
  bind_row(row, insert, 1);
  insert.run();
  Statement select(
      db, "SELECT typeof(c) || ' ' || CASE typeof(c) WHEN 'blob' THEN hex(c) ELSE c END FROM t");
  select.step();
  EXPECT_EQ(select.text(0), one.at("stored").as_string());
}

INSTANTIATE_TEST_SUITE_P(Values, EncoderCase,
                         testing::ValuesIn(test::cases_in("sqlite_values.json")),
                         [](const auto& one) { return test::case_name(one.param); });

}  // namespace
}  // namespace orch::sqlite
