// The text of cron expressions: fields, names, steps, and the two ways to number weekdays.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/schedule/cron.h"

namespace orch::schedule {
namespace {

using Names = std::vector<std::string_view>;

struct Field {
  std::string_view name;
  int first;
  int last;
  int cycle;  ///< a range may pass the end, 22-2 or FRI-MON: so many values go round; 0: it may not
  Names names = {};  ///< names[0] is the value `first`
};

const Names months_by_name = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                              "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
const Names weekdays_by_name = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct Nickname {
  std::string_view name;
  std::string_view expression;
};

constexpr auto nicknames = std::to_array<Nickname>({{"@yearly", "0 0 1 1 *"},
                                                    {"@annually", "0 0 1 1 *"},
                                                    {"@monthly", "0 0 1 * *"},
                                                    {"@weekly", "0 0 * * 0"},
                                                    {"@daily", "0 0 * * *"},
                                                    {"@midnight", "0 0 * * *"},
                                                    {"@hourly", "0 * * * *"}});

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::vector<std::string_view> words(std::string_view text) {
  auto parts = split(text, " \t");
  std::erase(parts, "");
  return parts;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// One field of one expression, for its messages.
class FieldReader {
 public:
  FieldReader(std::string_view expression, int number, const Field& field, std::string_view text)
      : expression_(expression), number_(number), field_(field), text_(upper(text)) {}

  const std::string& text() const { return text_; }

  [[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) const {
    throw Error("ORCH-0701",
                fmt::format("cron expression \"{}\": field {} ({}), \"{}\": {}", expression_,
                            number_, field_.name, text_, what),
                hint.empty() ? allowed() : hint);
  }

  int value(std::string_view text) const {
    const auto name = std::ranges::find(field_.names, text);
    if (name != field_.names.end())
      return field_.first + static_cast<int>(name - field_.names.begin());
    const auto number = whole(text);
    if (number < field_.first || number > field_.last)
      refuse(fmt::format("{} is not from {} to {}", number, field_.first, field_.last));
    return number;
  }

  int whole(std::string_view text) const {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) refuse(fmt::format("{} is too large", text));
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0)
      refuse(text.empty() ? std::string("a value is missing")
                          : fmt::format("\"{}\" is no value of it", text));
    return number;
  }

  /// `*`, `5`, `1-5`, `*/10`, `5/10`, `1-30/5`: calls `add` with each value.
  template <class Add>
  void range(std::string_view part, const Add& add) const {
    const auto slash = part.find('/');
    const auto body = part.substr(0, slash);
    const auto stepped = slash != std::string_view::npos;
    const auto step = stepped ? whole(part.substr(slash + 1)) : 1;
    if (step == 0) refuse("a step of 0");
    if (stepped && step > field_.last - field_.first + 1)
      refuse(fmt::format("a step of {} is longer than the field's range", step));
    const auto dash = body.find('-');
    auto from = field_.first;
    auto to = field_.last;
    if (body != "*" && body != "?") {
      from = value(body.substr(0, dash));
      if (dash != std::string_view::npos) to = value(body.substr(dash + 1));
      if (dash == std::string_view::npos && !stepped) to = from;
    }
    if (to < from) {
      if (field_.cycle == 0)
        refuse(fmt::format("the range {} ends before it begins", body), "write it as two ranges");
      to += field_.cycle;
    }
    for (auto at = from; at <= to; at += step) add(at > field_.last ? at - field_.cycle : at);
  }

  template <std::size_t size>
  std::bitset<size> set() const {
    std::bitset<size> values;
    for (const auto part : split(text_, ","))
      range(part, [&](int at) { values.set(static_cast<std::size_t>(at)); });
    return values;
  }

  bool unrestricted() const { return text_.front() == '*' || text_.front() == '?'; }

 private:
  std::string allowed() const {
    const auto names = field_.names.empty()
                           ? std::string()
                           : fmt::format(" or {} to {}", field_.names.front(), field_.names.back());
    return fmt::format("{} to {}{}; lists (1,5), ranges (1-5) and steps (*/2, 1-30/5)",
                       field_.first, field_.last, names);
  }

  std::string_view expression_;
  int number_;
  const Field& field_;
  std::string text_;
};

DaysOfMonth days_of_month(const FieldReader& field) {
  DaysOfMonth days;
  days.any = field.text() == "*" || field.text() == "?";
  for (const std::string_view part : split(field.text(), ",")) {
    if (part == "L") {
      days.last.push_back(0);
    } else if (part == "LW" || part == "WL") {
      days.last_weekday = true;
    } else if (part.starts_with("L-")) {
      const auto before = field.whole(part.substr(2));
      if (before > 30) field.refuse("no month has so many days before its last");
      days.last.push_back(static_cast<unsigned>(before));
    } else if (part.ends_with('W')) {
      const auto nearest = field.value(part.substr(0, part.size() - 1));
      days.nearest.set(static_cast<std::size_t>(nearest));
    } else {
      field.range(part, [&](int at) { days.days.set(static_cast<std::size_t>(at)); });
    }
  }
  return days;
}

/// `sunday` is the number that the form gives to Sunday: 0 (and 7) in cron, 1 in EventBridge's.
DaysOfWeek days_of_week(const FieldReader& field, int sunday) {
  const auto encoded = [&](int value) { return static_cast<std::size_t>((value - sunday) % 7); };
  DaysOfWeek days;
  days.any = field.text() == "*" || field.text() == "?";
  for (const std::string_view part : split(field.text(), ",")) {
    const auto hash = part.find('#');
    if (part == "L")
      field.refuse("L alone does not say which day is meant",
                   "5L or FRIL is the last Friday of a month");
    if (hash != std::string_view::npos) {
      const auto nth = field.whole(part.substr(hash + 1));
      if (nth < 1 || nth > 5)
        field.refuse("after # comes 1 to 5", "5#2 or FRI#2 is the second Friday of a month");
      days.nth.at(static_cast<std::size_t>(nth)).set(encoded(field.value(part.substr(0, hash))));
    } else if (part.size() > 1 && part.ends_with('L')) {
      days.last.set(encoded(field.value(part.substr(0, part.size() - 1))));
    } else {
      field.range(part, [&](int at) { days.days.set(encoded(at)); });
    }
  }
  return days;
}

const Field second_field{"second", 0, 59, 0};
const Field minute_field{"minute", 0, 59, 0};
const Field hour_field{"hour", 0, 23, 24};
const Field day_field{"day of month", 1, 31, 0};
const Field month_field{"month", 1, 12, 12, months_by_name};
const Field weekday_field{"day of week", 0, 7, 7, weekdays_by_name};
const Field aws_weekday_field{"day of week", 1, 7, 7, weekdays_by_name};
const Field year_field{"year", 1970, 2199, 0};

[[noreturn]] void refuse_count(std::string_view text, std::size_t found) {
  throw Error("ORCH-0701",
              fmt::format("cron expression \"{}\": {} field{}, not 5 or 6", text, found,
                          found == 1 ? "" : "s"),
              "minute, hour, day of month, month, day of week; a sixth in front is the second");
}

// The fields from the minute on; `at` is where they begin, counted from 0.
void read_fields(Cron& cron, std::string_view text, const std::vector<std::string_view>& fields,
                 std::size_t at, bool aws) {
  const auto field = [&](std::size_t index, const Field& of) {
    return FieldReader(text, static_cast<int>(at + index) + 1, of, fields[at + index]);
  };
  cron.minutes = field(0, minute_field).set<60>();
  cron.hours = field(1, hour_field).set<24>();
  const auto day = field(2, day_field);
  cron.days_of_month = days_of_month(day);
  cron.months = field(3, month_field).set<13>();
  const auto weekday = field(4, aws ? aws_weekday_field : weekday_field);
  cron.days_of_week = days_of_week(weekday, aws ? 1 : 0);
  cron.both_days = day.unrestricted() || weekday.unrestricted();
}

// cron(minute hour day-of-month month day-of-week year), as Amazon EventBridge has it.
Cron parse_aws(std::string_view text, std::string_view inside) {
  const auto fields = words(inside);
  if (fields.size() != 6)
    throw Error("ORCH-0701", fmt::format("\"{}\": {} fields, not 6", text, fields.size()),
                "cron(…) has minute, hour, day of month, month, day of week and year");
  Cron cron;
  cron.seconds.set(0);
  read_fields(cron, text, fields, 0, true);
  const FieldReader year(text, 6, year_field, fields[5]);
  if (!year.unrestricted() || year.text().size() > 1) {
    for (const std::string_view part : split(year.text(), ","))
      year.range(part, [&](int at) { cron.years.push_back(at); });
    std::ranges::sort(cron.years);
  }
  return cron;
}

Cron parse_fields(std::string_view text) {
  if (text.starts_with("cron(") && text.ends_with(')'))
    return parse_aws(text, text.substr(5, text.size() - 6));
  if (text.starts_with('@')) {
    const auto known = std::ranges::find(nicknames, text, &Nickname::name);
    if (known != nicknames.end()) return parse_fields(known->expression);
    std::vector<std::string> names;
    names.reserve(std::size(nicknames));
    for (const auto& nickname : nicknames) names.emplace_back(nickname.name);
    throw Error(
        "ORCH-0701",
        fmt::format("no nickname {} of a cron expression{}", text, did_you_mean(text, names)),
        "@hourly, @daily, @weekly, @monthly, @yearly; @every 15m for an interval");
  }
  const auto fields = words(text);
  if (fields.size() != 5 && fields.size() != 6) refuse_count(text, fields.size());
  Cron cron;
  const auto with_second = fields.size() == 6;
  if (with_second)
    cron.seconds = FieldReader(text, 1, second_field, fields[0]).set<60>();
  else
    cron.seconds.set(0);
  read_fields(cron, text, fields, with_second ? 1 : 0, false);
  return cron;
}

}  // namespace

Cron Cron::parse(std::string_view text) {
  auto cron = parse_fields(text);
  // Any start will do: within 60 years every weekday meets every date.
  const LocalTime start = LocalDay(std::chrono::year(1999) / 12 / 31);
  auto found = cron.next(start).has_value();
  for (const auto year : cron.years)
    found = found || cron.next(LocalDay(std::chrono::year(year - 1) / 12 / 31)).has_value();
  if (!found)
    throw Error("ORCH-0701", fmt::format("cron expression \"{}\" names no day that exists", text),
                "look at its days and months: 30 February, say, never comes");
  return cron;
}

}  // namespace orch::schedule
