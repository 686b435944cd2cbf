#include "workers/files/infer.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/plan_json.h"

namespace orch::files {
namespace {

using data::Kind;

constexpr std::size_t most_examples = 5;
constexpr std::int64_t few_percent = 5;  // of misses that are worth a note
constexpr std::int64_t least_values = 20;
constexpr std::int64_t patience = 1'000;  // misses before a share is asked for

constexpr std::array dates = {"", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"};
constexpr std::array timestamps = {"", "DD.MM.YYYY HH:MI:SS", "DD.MM.YYYY HH:MI",
                                   "DD/MM/YYYY HH:MI:SS", "MM/DD/YYYY HH:MI:SS"};

std::vector<Reading> readings() {
  std::vector<Reading> all{{Kind::boolean}, {Kind::int64}, {Kind::numeric}};
  data::FileFormat comma;
  comma.decimal_comma = true;
  all.push_back({Kind::numeric, comma});
  for (const auto* pattern : dates) {
    data::FileFormat format;
    format.date = pattern;
    all.push_back({Kind::date, format});
  }
  for (const auto* pattern : timestamps) {
    data::FileFormat format;
    format.timestamp = pattern;
    all.push_back({Kind::timestamp, format});
  }
  for (const auto kind : {Kind::timestamptz, Kind::time, Kind::uuid}) all.push_back({kind});
  return all;
}

/// A number that is written as numbers are printed: 007, +1, .5 and 1e3 are more than their value.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  if (text.front() == '0' && text.size() > 1 && is_digit(text[1])) return false;
  return std::ranges::all_of(
      text, [](char byte) { return is_digit(byte) || byte == '.' || byte == ','; });
}

bool fits(TextSurvey::Candidate& candidate, std::string_view text) {
  const auto kind = candidate.reading.kind;
  if ((kind == Kind::int64 || kind == Kind::numeric) && !is_plain_number(text)) return false;
  // 0 and 1 are numbers, t and y are letters.
  if (kind == Kind::boolean && (text.size() < 2 || is_digit(text.front()))) return false;
  // A date alone is no timestamp.
  if (kind == Kind::timestamp && text.size() < std::string_view("2026-11-30 1").size())
    return false;
  return candidate.reader.read(text).has_value();
}

bool is(const TextSurvey::Candidate& candidate, Kind kind, const data::FileFormat& format) {
  const auto& own = candidate.reading.format;
  return candidate.reading.kind == kind &&
         (kind != Kind::numeric || own.decimal_comma == format.decimal_comma) &&
         (kind != Kind::date || own.date == format.date) &&
         (kind != Kind::timestamp || own.timestamp == format.timestamp);
}

const TextSurvey::Candidate& candidate_of(const TextSurvey& column, Kind kind,
                                          const data::FileFormat& format) {
  return *std::ranges::find_if(column.candidates(),
                               [&](const auto& each) { return is(each, kind, format); });
}

bool holds(const TextSurvey& column, Kind kind, const data::FileFormat& format) {
  return column.values() > 0 && candidate_of(column, kind, format).misses == 0;
}

/// All values but few.
bool nearly_holds(const TextSurvey& column, Kind kind, const data::FileFormat& format) {
  const auto& candidate = candidate_of(column, kind, format);
  return !candidate.given_up && column.values() >= least_values &&
         candidate.misses * 100 <= column.values() * few_percent;
}

/// Of the patterns, the one that most columns have, or else nearly have; `member` of a format says
/// it.
template <class Patterns>
std::string common_pattern(const std::vector<TextSurvey>& columns, Kind kind,
                           const Patterns& patterns, std::string data::FileFormat::*member) {
  std::string best;
  std::ptrdiff_t most = 0;
  for (const auto* pattern : patterns) {
    data::FileFormat format;
    format.*member = pattern;
    std::ptrdiff_t weight = 0;
    for (const auto& column : columns) {
      if (holds(column, kind, format)) weight += static_cast<std::ptrdiff_t>(columns.size());
      if (nearly_holds(column, kind, format)) ++weight;
    }
    if (weight > most) {
      most = weight;
      best = pattern;
    }
  }
  return best;
}

/// More columns are numbers by the comma alone than by the point alone.
bool has_decimal_comma(const std::vector<TextSurvey>& columns) {
  data::FileFormat point, comma;
  comma.decimal_comma = true;
  std::ptrdiff_t surplus = 0;
  for (const auto& column : columns)
    surplus += holds(column, Kind::numeric, comma) - holds(column, Kind::numeric, point);
  return surplus > 0;
}

/// Days and months that could be exchanged in every value.
bool is_ambiguous(const TextSurvey& column, Kind kind, const data::FileFormat& format) {
  auto other = format;
  for (auto* pattern : {&other.date, &other.timestamp}) {
    if (pattern->starts_with("DD/MM"))
      pattern->replace(0, 5, "MM/DD");
    else if (pattern->starts_with("MM/DD"))
      pattern->replace(0, 5, "DD/MM");
  }
  const auto& mine = kind == Kind::date ? format.date : format.timestamp;
  const auto& theirs = kind == Kind::date ? other.date : other.timestamp;
  return mine != theirs && holds(column, kind, other);
}

constexpr std::array choices = {Kind::boolean,   Kind::int64,       Kind::numeric, Kind::date,
                                Kind::timestamp, Kind::timestamptz, Kind::time,    Kind::uuid};

std::string nearly(const std::string& name, const TextSurvey& column,
                   const TextSurvey::Candidate& candidate) {
  const auto kind = data::kind_name(candidate.reading.kind);
  return fmt::format(
      "column \"{0}\": {1} of {2} values are no {3}: {4}{5}; it stays text (\"types\": {{\"{0}\": "
      "\"{3}\"}} and \"set_aside\" would load the others)",
      name, candidate.misses, column.values(), kind, fmt::join(candidate.examples, ", "),
      candidate.misses > static_cast<std::int64_t>(candidate.examples.size()) ? ", …" : "");
}

/// What the column is, or a note why it is only nearly something.
void settle(const std::string& name, const TextSurvey& column, Inferred& found) {
  const TextSurvey::Candidate* nearest = nullptr;
  for (const auto kind : choices) {
    const auto& candidate = candidate_of(column, kind, found.format);
    if (holds(column, kind, found.format)) {
      if (!is_ambiguous(column, kind, found.format))
        return found.types.emplace_back(name, kind), void();
      return found.notes.push_back(
          fmt::format("column \"{}\": days and months cannot be told apart; it stays text", name));
    }
    if (nearly_holds(column, kind, found.format) &&
        (!nearest || candidate.misses < nearest->misses))
      nearest = &candidate;
  }
  if (nearest) found.notes.push_back(nearly(name, column, *nearest));
}

}  // namespace

TextSurvey::TextSurvey() {
  for (const auto& reading : readings())
    candidates_.push_back({reading, ValueReader(reading.kind, reading.format)});
}

void TextSurvey::take(std::string_view text, std::string_view file, std::int64_t line) {
  ++values_;
  for (auto& candidate : candidates_) {
    if (candidate.given_up || fits(candidate, text)) continue;
    if (candidate.examples.size() < most_examples)
      candidate.examples.push_back(fmt::format("{} line {}", file, line));
    ++candidate.misses;
    candidate.given_up =
        candidate.misses == values_
            ? candidate.misses >= least_values
            : candidate.misses > patience && candidate.misses * 100 > values_ * few_percent;
  }
}

Inferred infer(const std::vector<std::string>& names, const std::vector<TextSurvey>& columns) {
  Inferred found;
  found.format.decimal_comma = has_decimal_comma(columns);
  found.format.date = common_pattern(columns, Kind::date, dates, &data::FileFormat::date);
  found.format.timestamp =
      common_pattern(columns, Kind::timestamp, timestamps, &data::FileFormat::timestamp);
  for (std::size_t i = 0; i < columns.size(); ++i) settle(names[i], columns[i], found);
  return found;
}

}  // namespace orch::files
