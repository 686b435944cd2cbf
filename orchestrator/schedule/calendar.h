// Business days: which days a schedule leaves out, and what becomes of its times on them.
#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace orch::schedule {

/// What becomes of a time on a day that is no business day.
enum class OffDay {
  skip,      ///< it is left out
  next,      ///< it moves to the next business day
  previous,  ///< it moves to the business day before
};

/// Throws Error ORCH-0701 for any other word.
OffDay parse_off_day(std::string_view word);

/// Weekends and holidays.
class Calendar {
 public:
  /// A calendar in which all days are business days.
  Calendar() = default;
  Calendar(OffDay rule, std::bitset<7> weekend, std::set<std::chrono::local_days> holidays);

  bool open(std::chrono::local_days day) const;
  /// "a Saturday", or "a holiday": why a day is none.
  std::string reason(std::chrono::local_days day) const;

  bool all_days() const { return weekend_.none() && holidays_.empty(); }
  OffDay rule() const { return rule_; }

 private:
  OffDay rule_ = OffDay::skip;
  std::bitset<7> weekend_;  ///< 0 is Sunday
  std::set<std::chrono::local_days> holidays_;
};

/// Days of a list: one `2027-12-24` a line, what follows a blank or # is a remark. `file` names the
/// list in messages. Throws InvalidDocument ORCH-0703.
std::set<std::chrono::local_days> parse_holidays(std::string_view text, const std::string& file);

}  // namespace orch::schedule
