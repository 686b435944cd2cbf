// Typed cells by the rules of every kind of column, those of sources to come included: what the
// column holds, in text, or "-".
#include <limits>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "workers/rows/value.h"

namespace orch::rows {
namespace {

using data::Cell;
using data::Kind;
using Type = data::Cell::Type;

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

template <class Value>
Cell spelled(Type type, const std::optional<Value>& value) {
  return value ? Cell(type, *value) : Cell();
}

/// What a column of `kind` (numeric: (9,2)) makes of `cell`, as a cell of its own.
Cell kept(const Cell& cell, Kind kind, std::string& scratch) {
  constexpr std::numeric_limits<std::int64_t> integers;
  switch (kind) {
    case Kind::boolean:
      return spelled(Type::boolean, boolean_of(cell));
    case Kind::int64:
      return spelled(Type::integer, integer_of(cell, integers.min(), integers.max()));
    case Kind::float32:
      return spelled(Type::float32, float_of(cell));
    case Kind::float64:
      return spelled(Type::real, double_of(cell));
    case Kind::numeric: {
      const auto number = number_of(cell, 9, 2, scratch);
      return number ? Cell(*number) : Cell();
    }
    case Kind::text:
      return spelled(Type::text, text_of(cell, scratch));
    case Kind::bytes:
      return spelled(Type::text, bytes_of(cell, false, scratch));
    case Kind::date:
      return spelled(Type::date, date_of(cell));
    case Kind::time:
      return spelled(Type::time, time_of(cell));
    case Kind::timestamp:
      return spelled(Type::timestamp, timestamp_of(cell));
    case Kind::timestamptz:
      return spelled(Type::timestamptz, timestamptz_of(cell));
    case Kind::uuid:
      return spelled(Type::uuid, uuid_of(cell, scratch));
    default:
      return {};
  }
}

struct Line {
  std::string name;
  Cell cell;
  std::map<Kind, std::string> wanted;  ///< kinds that are not named take no such value
};

Cell decimal(std::string_view digits, int point, int scale, bool negative = false) {
  data::Decimal number;
  number.digits = digits;
  number.point = point;
  number.scale = scale;
  number.negative = negative;
  return Cell(number);
}

Cell not_a_number() {
  data::Decimal number;
  number.form = data::Decimal::Form::nan;
  return Cell(number);
}

std::vector<Line> lines() {
  constexpr std::numeric_limits<std::int64_t> micros;
  constexpr std::string_view uuid("\0\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
                                  16);
  return {
      {"true",
       {Type::boolean, 1},
       {{Kind::boolean, "true"},
        {Kind::int64, "1"},
        {Kind::float32, "1"},
        {Kind::float64, "1"},
        {Kind::numeric, "1.00"},
        {Kind::text, "true"}}},
      {"decimal_of_a_fraction",
       decimal("1250", 2, 2, true),
       {{Kind::float32, "-12.5"},
        {Kind::float64, "-12.5"},
        {Kind::numeric, "-12.50"},
        {Kind::text, "-12.50"}}},
      {"whole_decimal",
       decimal("7", 1, 3),
       {{Kind::int64, "7"},
        {Kind::float32, "7"},
        {Kind::float64, "7"},
        {Kind::numeric, "7.00"},
        {Kind::text, "7.000"}}},
      {"decimal_beyond_integers_floats_and_scale",
       decimal("12345678901234567890123", 20, 3),
       {{Kind::text, "12345678901234567890.123"}}},
      {"decimal_that_is_none",
       not_a_number(),
       {{Kind::float32, "NaN"},
        {Kind::float64, "NaN"},
        {Kind::numeric, "NaN"},
        {Kind::text, "NaN"}}},
      {"float",
       {Type::float32, 0.1F},
       {{Kind::float32, "0.1"},
        {Kind::float64, "0.10000000149011612"},
        {Kind::numeric, "0.10"},
        {Kind::text, "0.1"}}},
      {"date",
       {Type::date, -1},
       {{Kind::date, "1999-12-31"},
        {Kind::timestamp, "1999-12-31 00:00:00"},
        {Kind::text, "1999-12-31"}}},
      {"date_after_the_last_timestamp",
       {Type::date, std::int64_t{2'145'031'948}},
       {{Kind::date, "5874897-12-31"}, {Kind::text, "5874897-12-31"}}},
      {"date_without_end",
       {Type::date, std::numeric_limits<std::int32_t>::max()},
       {{Kind::date, "infinity"}, {Kind::timestamp, "infinity"}, {Kind::text, "infinity"}}},
      {"time", {Type::time, day}, {{Kind::time, "24:00:00"}, {Kind::text, "24:00:00"}}},
      {"timestamp",
       {Type::timestamp, second / 2},
       {{Kind::timestamp, "2000-01-01 00:00:00.5"}, {Kind::text, "2000-01-01 00:00:00.5"}}},
      {"timestamp_with_zone",
       {Type::timestamptz, -day},
       {{Kind::timestamptz, "1999-12-31 00:00:00+00"}, {Kind::text, "1999-12-31 00:00:00+00"}}},
      {"timestamp_before_all",
       {Type::timestamp, micros.min()},
       {{Kind::timestamp, "-infinity"}, {Kind::text, "-infinity"}}},
      {"uuid",
       {Type::uuid, uuid},
       {{Kind::uuid, "00112233-4455-6677-8899-aabbccddeeff"},
        {Kind::text, "00112233-4455-6677-8899-aabbccddeeff"}}},
      {"bytes", {Type::blob, std::string_view("ab")}, {{Kind::bytes, "ab"}}},
      {"nothing", {}, {}},
  };
}

class Rules : public testing::TestWithParam<Line> {};

TEST_P(Rules, KeepTheValueOrHaveNone) {
  const auto& line = GetParam();
  std::string scratch;
  std::string text;
  for (const auto kind :
       {Kind::boolean, Kind::int64, Kind::float32, Kind::float64, Kind::numeric, Kind::text,
        Kind::bytes, Kind::date, Kind::time, Kind::timestamp, Kind::timestamptz, Kind::uuid}) {
    const auto found = text_of(kept(line.cell, kind, scratch), text);
    const auto wanted = line.wanted.find(kind);
    EXPECT_EQ(found.value_or("-"), wanted == line.wanted.end() ? "-" : wanted->second)
        << "kind " << static_cast<int>(kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, Rules, testing::ValuesIn(lines()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace orch::rows
