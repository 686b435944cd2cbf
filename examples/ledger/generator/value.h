// What a cell of the ledger holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace ledger {

/// A decimal number: `units` / 10^`scale`. All amounts are computed in units, so that every
/// machine makes the same data.
struct Decimal {
  std::int64_t units = 0;
  int scale = 2;
};

struct Null {};
struct Boolean {
  bool value = false;
};
struct Blob {
  std::string bytes;
};

/// Dates and times are ISO texts, UUIDs and JSON texts.
using Value = std::variant<Null, std::int64_t, double, Decimal, Boolean, std::string, Blob>;

/// "-12.05" for {-1205, 2}.
std::string to_text(Decimal decimal);

/// An amount of money in hundredths of its currency.
using Cents = std::int64_t;
inline Value money(Cents cents) { return Decimal{cents, 2}; }

using Date = std::chrono::sys_days;
/// "2025-09-30"
std::string to_text(Date date);
/// "2025-09-30 14:03:59", `second` of the day.
std::string to_text(Date date, int second);

struct Quarter {
  int year = 0;
  int quarter = 0;  ///< 1 to 4
  friend auto operator<=>(const Quarter&, const Quarter&) = default;
};
Quarter quarter_of(Date date);
/// The first day of the quarter; `ahead` quarters later.
Date start_of(Quarter quarter, int ahead = 0);

/// `value` when `there`, else NULL.
inline Value optional(bool there, Value value) { return there ? std::move(value) : Value{Null{}}; }

}  // namespace ledger
