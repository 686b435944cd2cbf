// Numbers in text and floating point, decimals, dates: the parts of workers/rows.
#include "workers/rows/number.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"

namespace orch::rows {
namespace {

TEST(Numbers, ArriveInDoublesThatGiveBackTheirDigits) {
  for (const auto* text : {"0.1", "-12.50", "1e5", "0", "-0", "123456789012345", "5e-324", ".5",
                           "5.", "0.10000000000000001", "0.43183530999999997", "+2.50",
                           "9007199254740992", "5.684341886080802e-14"})
    EXPECT_TRUE(exact_double(text).has_value()) << text;
  for (const auto* text :
       {"12345678901234567.89", "0.1000000000000000057", "", "x", "1e400", "1e-400", "NaN", "inf",
        "9007199254740993", "1e", "--1", "+-1", "1 ", " 1", "0x1p3", "3.14159265358979323846"})
    EXPECT_FALSE(exact_double(text).has_value()) << text;
  EXPECT_EQ(exact_double("+2.50"), 2.5);
  EXPECT_TRUE(std::signbit(*exact_double("-0")));
}

TEST(Numbers, ArriveInFloatsThatGiveBackTheirDigits) {
  for (const auto* text : {"0.1", "16777216", "0.10000000149011612", "1e-45", "3.4028235e38"})
    EXPECT_TRUE(exact_float(text).has_value()) << text;
  for (const auto* text : {"16777217", "0.10000000000000001", "1e39", "1.23456789"})
    EXPECT_FALSE(exact_float(text).has_value()) << text;
  EXPECT_EQ(exact_float(0.1), 0.1F);
  EXPECT_EQ(exact_float(0.1 + 0.2), std::nullopt);
  EXPECT_EQ(exact_float(1e39), std::nullopt);
  EXPECT_EQ(exact_float(std::numeric_limits<double>::infinity()),
            std::numeric_limits<float>::infinity());
}

TEST(Numbers, AreIntegersOf64BitsOrNone) {
  EXPECT_EQ(exact_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(exact_integer("+7"), 7);
  for (const auto* text : {"9223372036854775808", "1.0", "", "+-1", " 1", "1 ", "0x1"})
    EXPECT_FALSE(exact_integer(text).has_value()) << text;
  EXPECT_FALSE(exact_double(std::numeric_limits<std::int64_t>::max()).has_value());
  EXPECT_EQ(exact_double(std::int64_t{1} << 62), 0x1p62);
}

TEST(Decimals, AreTheSameHoweverTheyAreWritten) {
  const auto same = [](const char* left, const char* right) {
    std::string digits;
    std::string others;
    return same_number(*read_decimal(left, digits), *read_decimal(right, others));
  };
  EXPECT_TRUE(same("1.10", "11e-1"));
  EXPECT_TRUE(same("0", "-0.00"));
  EXPECT_TRUE(same("0.001", "1e-3"));
  EXPECT_FALSE(same("1", "-1"));
  EXPECT_FALSE(same("1", "10"));
}

TEST(Dates, AreThoseOfTheCalendar) {
  EXPECT_EQ(date_days("2000-01-01"), 0);
  EXPECT_EQ(date_days("1999-12-31"), -1);
  EXPECT_EQ(date_days("2000-03-01"), 60);
  EXPECT_EQ(date_days("1970-01-01"), -10'957);
  EXPECT_EQ(date_days("4714-11-24 BC"), -2'451'545);
  EXPECT_EQ(date_days("0001-12-31 BC"), *date_days("0001-01-01") - 1);
  EXPECT_EQ(date_days("5874897-12-31"), 2'145'031'948);
  EXPECT_TRUE(date_days("0005-02-29 BC").has_value()) << "a leap year: 4 before the year 1 BC";
  for (const auto* text : {"1900-02-29", "0000-01-01", "4714-11-23 BC", "5874898-01-01",
                           "2024-00-01", "2024-01-32", "2024-1-1", "2024-01-01 ", "BC"})
    EXPECT_FALSE(date_days(text).has_value()) << text;
}

TEST(Times, AreThoseOfADay) {
  EXPECT_EQ(time_micros("24:00:00"), 86'400'000'000);
  EXPECT_EQ(time_micros("00:00:00.000001"), 1);
  for (const auto* text : {"24:00:01", "24:01", "10", "10:60", "10:00:60", "10:00:00.", "10:00:"})
    EXPECT_FALSE(time_micros(text).has_value()) << text;
  EXPECT_EQ(timestamp_micros("2000-01-01T00:00:00+01:00", true), -3'600'000'000);
  EXPECT_EQ(timestamp_micros("294276-12-31 23:59:59.999999", false), 9'223'371'331'199'999'999);
  EXPECT_FALSE(timestamp_micros("294277-01-01", false).has_value());
  EXPECT_FALSE(timestamp_micros("2000-01-01 00:00:00+16", true).has_value());
  EXPECT_TRUE(keeps_micros(500'000, 1));
  EXPECT_FALSE(keeps_micros(-1, 3));
  EXPECT_TRUE(keeps_micros(std::numeric_limits<std::int64_t>::max(), 0));
}

}  // namespace
}  // namespace orch::rows
