#include "examples/ledger/generator/value.h"

#include <fmt/format.h>

namespace ledger {

std::string to_text(Decimal decimal) {
  const bool negative = decimal.units < 0;
  auto digits = fmt::format("{:0{}}", negative ? -decimal.units : decimal.units, decimal.scale + 1);
  if (decimal.scale > 0)
    digits.insert(digits.size() - static_cast<std::size_t>(decimal.scale), ".");
  return negative ? "-" + digits : digits;
}

std::string to_text(Date date) {
  const std::chrono::year_month_day day{date};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string to_text(Date date, int second) {
  return fmt::format("{} {:02}:{:02}:{:02}", to_text(date), second / 3600, second / 60 % 60,
                     second % 60);
}

Quarter quarter_of(Date date) {
  const std::chrono::year_month_day day{date};
  return {static_cast<int>(day.year()),
          static_cast<int>(static_cast<unsigned>(day.month()) + 2) / 3};
}

Date start_of(Quarter quarter, int ahead) {
  const int month = quarter.quarter * 3 - 2;
  return std::chrono::year_month_day{std::chrono::year{quarter.year} /
                                         std::chrono::month{static_cast<unsigned>(month)} / 1 +
                                     std::chrono::months{3 * ahead}};
}

}  // namespace ledger
