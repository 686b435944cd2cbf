#include "workers/files/values.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"
#include "workers/rows/number.h"
#include "workers/rows/text.h"
#include "workers/rows/value.h"

namespace orch::files {
namespace {

using data::Cell;
using data::Kind;

struct Field {
  std::string_view name;
  std::size_t digits;  ///< at most; one is enough, but for the year
};

constexpr std::array<Field, 6> fields = {
    {{"YYYY", 4}, {"MM", 2}, {"DD", 2}, {"HH", 2}, {"MI", 2}, {"SS", 2}}};

std::size_t field_at(std::string_view pattern) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (pattern.starts_with(fields[i].name)) return i;
  return fields.size();
}

/// Digits, in groups of three where points stand between them.
bool has_whole_groups(std::string_view digits) {
  if (digits.find('.') == std::string_view::npos) return true;
  std::size_t since = 0;
  bool first = true;
  for (const char byte : digits) {
    if (byte != '.') {
      ++since;
      continue;
    }
    if (since == 0 || since > 3 || (!first && since != 3)) return false;
    first = false;
    since = 0;
  }
  return since == 3;
}

template <class Value>
std::optional<Cell> cell(Cell::Type type, const std::optional<Value>& value) {
  if (!value) return std::nullopt;
  return Cell(type, *value);
}

}  // namespace

std::string pattern_problem(std::string_view pattern, bool with_time) {
  std::array<int, fields.size()> found{};
  for (std::size_t at = 0; at < pattern.size();) {
    const auto field = field_at(pattern.substr(at));
    if (field < fields.size()) {
      ++found[field];
      at += fields[field].name.size();
    } else if (std::isalnum(static_cast<unsigned char>(pattern[at])) && pattern[at] != 'T') {
      return fmt::format("'{}' is none of YYYY, MM, DD, HH, MI and SS", pattern[at]);
    } else {
      ++at;
    }
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool needed = i < 3 || (with_time && i < 5);
    const bool allowed = i < 3 || with_time;
    if ((needed && found[i] != 1) || found[i] > (allowed ? 1 : 0))
      return fmt::format("{} stands in it {} times", fields[i].name, found[i]);
  }
  return {};
}

ValueReader::ValueReader(Kind kind, const data::FileFormat& format)
    : kind_(kind), format_(format) {}

std::optional<Cell> ValueReader::read(std::string_view text) {
  using Type = Cell::Type;
  switch (kind_) {
    case Kind::boolean:
      if (const auto value = rows::boolean_of(Cell(Type::text, text)))
        return Cell(Type::boolean, *value ? 1 : 0);
      return std::nullopt;
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return respell_number(text) ? cell(Type::integer, rows::exact_integer(text)) : std::nullopt;
    case Kind::float32:
    case Kind::float64:
      return respell_number(text) ? cell(Type::real, rows::exact_double(text)) : std::nullopt;
    case Kind::numeric: {
      if (!respell_number(text)) return std::nullopt;
      const auto decimal = rows::read_decimal(text, scratch_);
      if (!decimal) return std::nullopt;
      return Cell(*decimal);
    }
    case Kind::date:
      return respell_time(text, format_.date) ? cell(Type::date, rows::date_days(text))
                                              : std::nullopt;
    case Kind::time:
      return cell(Type::time, rows::time_micros(text));
    case Kind::timestamp:
      if (!respell_time(text, format_.timestamp)) return std::nullopt;
      return cell(Type::timestamp, rows::timestamp_micros(text, false));
    case Kind::timestamptz:
      return cell(Type::timestamptz, rows::timestamp_micros(text, true));
    case Kind::uuid:
      scratch_.clear();
      if (!rows::append_uuid(scratch_, text)) return std::nullopt;
      return Cell(Type::uuid, std::string_view(scratch_));
    case Kind::json:
      if (!json::well_formed(text)) return std::nullopt;
      return Cell(Type::text, text);
    default:
      return Cell(Type::text, text);
  }
}

bool ValueReader::respell_number(std::string_view& text) {
  if (!format_.decimal_comma) return true;
  const auto comma = std::min(text.find(','), text.size());
  auto whole = text.substr(0, comma);
  if (whole.starts_with('-') || whole.starts_with('+')) whole.remove_prefix(1);
  if (!has_whole_groups(whole) || text.find('.', comma) != std::string_view::npos) return false;
  plain_.clear();
  for (const char byte : text)
    if (byte != '.') plain_ += byte == ',' ? '.' : byte;
  text = plain_;
  return true;
}

bool ValueReader::respell_time(std::string_view& text, const std::string& pattern) {
  if (pattern.empty()) return true;
  std::array<std::string_view, fields.size()> found = {"", "", "", "", "", "00"};
  std::size_t at = 0;
  for (std::size_t place = 0; place < pattern.size();) {
    const auto field = field_at(std::string_view(pattern).substr(place));
    if (field == fields.size()) {
      if (at >= text.size() || text[at++] != pattern[place++]) return false;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && at - begin < fields[field].digits && is_digit(text[at])) ++at;
    // Fractions of a second may follow it.
    if (field == 5 && at < text.size() && text[at] == '.')
      for (++at; at < text.size() && is_digit(text[at]);) ++at;
    found[field] = text.substr(begin, at - begin);
    if (found[field].empty() || (field == 0 && found[field].size() != 4)) return false;
    place += fields[field].name.size();
  }
  if (at != text.size()) return false;
  plain_ = fmt::format("{}-{:0>2}-{:0>2}", found[0], found[1], found[2]);
  if (!found[3].empty()) {
    const auto seconds =
        found[5].find('.') == 1 ? "0" + std::string(found[5]) : fmt::format("{:0>2}", found[5]);
    plain_ += fmt::format(" {:0>2}:{:0>2}:{}", found[3], found[4], seconds);
  }
  text = plain_;
  return true;
}

}  // namespace orch::files
