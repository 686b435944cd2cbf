#include "orchestrator/schedule/calendar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::schedule {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::weekday;

constexpr std::array<std::string_view, 7> weekday_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::optional<local_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t size) {
    int value = -1;
    const auto* begin = text.data() + from;
    const auto [end, error] = std::from_chars(begin, begin + size, value);
    return error == std::errc() && end == begin + size ? value : -1;
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const auto date = std::chrono::year(year) / month / day;
  if (!date.ok()) return std::nullopt;
  return local_days(date);
}

}  // namespace

OffDay parse_off_day(std::string_view word) {
  if (word == "skip") return OffDay::skip;
  if (word == "next") return OffDay::next;
  if (word == "previous") return OffDay::previous;
  throw Error("ORCH-0701", fmt::format("\"{}\" does not say what becomes of a day off", word),
              "skip, next or previous");
}

Calendar::Calendar(OffDay rule, std::bitset<7> weekend, std::set<local_days> holidays)
    : rule_(rule), weekend_(weekend), holidays_(std::move(holidays)) {}

bool Calendar::open(local_days day) const {
  return !weekend_[weekday(day).c_encoding()] && !holidays_.contains(day);
}

std::string Calendar::reason(local_days day) const {
  if (holidays_.contains(day)) return "a holiday";
  return "a " + std::string(weekday_names.at(weekday(day).c_encoding()));
}

std::set<local_days> parse_holidays(std::string_view text, const std::string& file) {
  std::set<local_days> holidays;
  std::vector<Problem> problems;
  int line = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
    const auto word = row.substr(0, row.find_first_of(" \t\r#,;"));
    if (word.empty() && row.find_first_not_of(" \t\r") != std::string_view::npos &&
        row.front() != '#')
      problems.push_back({"", "a line begins with its day", "2027-12-24 Christmas Eve", line, 1});
    if (word.empty()) continue;
    if (const auto day = parse_day(word))
      holidays.insert(*day);
    else
      problems.push_back(
          {"", fmt::format("\"{}\" is no day", word), "write it as 2027-12-24", line, 1});
  }
  if (!problems.empty()) throw InvalidDocument("ORCH-0703", file, std::move(problems));
  return holidays;
}

}  // namespace orch::schedule
