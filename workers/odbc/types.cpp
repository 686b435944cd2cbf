#include "workers/odbc/types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/erase.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include "orchestrator/db/utf16.h"
#include "workers/rows/text.h"
#include "workers/rows/text_cell.h"
#include "workers/sqlite/declared_type.h"

namespace orch::odbc {
namespace {

using data::Cell;
using data::Kind;

// Longer columns are read in pieces: buffers hold the longest value of every row.
constexpr std::size_t longest_bound = 16 * 1024;
// Beyond it a text's length says how the server stores it, not what its owner wants to allow.
constexpr std::int64_t longest_declared = 65'535;
constexpr std::size_t bytes_of_a_character = 4;  ///< in UTF-8 and in UTF-16
constexpr std::size_t bytes_of_a_unit = 2;

/// "int unsigned" of "INT(10) UNSIGNED ZEROFILL".
std::string base_of(const std::string& type) {
  auto base = boost::to_lower_copy(type);
  for (auto open = base.find('('); open != base.npos; open = base.find('(')) {
    const auto close = base.find(')', open);
    base.erase(open, close == base.npos ? close : close - open + 1);
  }
  boost::erase_all(base, " zerofill");
  return boost::trim_copy(base);
}

struct Parameters {
  std::optional<int> first;
  std::optional<int> second;
};

Parameters parameters_of(const std::string& type) {
  Parameters found;
  const auto open = type.find('(');
  if (open == type.npos) return found;
  const auto* end = type.data() + type.size();
  const auto read = [&](const char* from) -> std::pair<std::optional<int>, const char*> {
    int number = 0;
    const auto result = std::from_chars(from, end, number);
    return {result.ec == std::errc() ? std::optional(number) : std::nullopt, result.ptr};
  };
  const auto [first, rest] = read(type.data() + open + 1);
  found.first = first;
  if (first && rest != end && *rest == ',') found.second = read(rest + 1).first;
  return found;
}

bool fits(const Type& type, const std::string& base, const Parameters& parameters) {
  if (type.name != base) return false;
  if (type.most > 0 && parameters.first.value_or(1) > type.most) return false;
  return !type.whole || parameters.second == 0;
}

const Type& type_of(const Dialect& dialect, const data::Column& column) {
  const auto base = base_of(column.native.shown());
  const auto parameters = parameters_of(column.native.shown());
  for (const auto& type : dialect.types)
    if (fits(type, base, parameters)) return type;
  return dialect.other;
}

Form form_of(Way way, bool wide) {
  switch (way) {
    case Way::integer:
      return Form::integer;
    case Way::real:
      return Form::real;
    case Way::bytes:
      return Form::bytes;
    case Way::date:
      return Form::date;
    case Way::timestamp:
      return Form::timestamp;
    case Way::text:
    case Way::tagged:
      break;
  }
  return wide ? Form::wide : Form::text;
}

/// Bytes of the longest value; 0: not known, or too many for a buffer of many rows.
std::size_t longest_of(const Dialect& dialect, const data::Column& column, const Type& type,
                       bool wide) {
  const auto first = parameters_of(column.native.shown()).first.value_or(0);
  std::size_t bytes = 0;
  if (type.longest > 0) {
    bytes = type.longest * (wide && type.way == Way::text ? bytes_of_a_unit : 1);
  } else if (!dialect.keeps_lengths) {
    return 0;
  } else if (type.way == Way::bytes) {
    bytes = static_cast<std::size_t>(std::max(first, 0));
  } else if (type.kind == Kind::numeric) {
    // Sign, point, a zero before it.
    const auto digits = static_cast<std::size_t>(column.precision);
    bytes = digits == 0 ? 0 : (digits + 4) * (wide ? bytes_of_a_unit : 1);
  } else if (type.kind == Kind::text) {
    bytes = static_cast<std::size_t>(column.length) * bytes_of_a_character;
  }
  return bytes > longest_bound ? 0 : bytes;
}

constexpr std::int64_t microseconds_of_a_second = 1'000'000;
constexpr std::int64_t nanoseconds_of_a_microsecond = 1'000;

std::optional<std::int64_t> days_of(const Moment& moment) {
  const std::chrono::year_month_day day{std::chrono::year(moment.year),
                                        std::chrono::month(moment.month),
                                        std::chrono::day(moment.day)};
  if (!day.ok()) return std::nullopt;
  constexpr std::chrono::sys_days epoch{std::chrono::year(2000) / 1 / 1};
  return (std::chrono::sys_days(day) - epoch).count();
}

std::string_view spelled(const Moment& moment, bool with_time, std::string& scratch) {
  scratch = fmt::format("{:04}-{:02}-{:02}", moment.year, moment.month, moment.day);
  if (!with_time) return scratch;
  scratch += fmt::format(" {:02}:{:02}:{:02}", moment.hour, moment.minute, moment.second);
  if (moment.nanoseconds > 0) {
    scratch += fmt::format(".{:09}", moment.nanoseconds);
    scratch.erase(scratch.find_last_not_of('0') + 1);
  }
  return scratch;
}

/// Finer than a microsecond, or no day: a text that says so.
Cell cell_of_moment(Kind kind, const Moment& moment, bool with_time, std::string& scratch) {
  const auto days = days_of(moment);
  const bool exact = moment.nanoseconds % nanoseconds_of_a_microsecond == 0;
  if (!days || !exact) return {Cell::Type::text, spelled(moment, with_time, scratch)};
  const auto seconds = ((*days * 24 + moment.hour) * 60 + moment.minute) * 60 + moment.second;
  if (kind == Kind::date && (seconds % 86'400 == 0) && moment.nanoseconds == 0)
    return {Cell::Type::date, *days};
  const auto type = kind == Kind::timestamptz ? Cell::Type::timestamptz : Cell::Type::timestamp;
  return {type,
          seconds * microseconds_of_a_second + moment.nanoseconds / nanoseconds_of_a_microsecond};
}

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string_view bytes_of_hex(std::string_view hex, std::string& scratch) {
  scratch.clear();
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    scratch += static_cast<char>(hex_digit(hex[i]) << 4 | hex_digit(hex[i + 1]));
  return scratch;
}

/// A value of SQLite after the letter of its storage class, by dialect_sqlite.cpp.
Cell cell_of_tagged(Kind kind, std::string_view text, std::string& scratch) {
  const char storage = text.empty() ? 't' : text.front();
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  switch (storage) {
    case 'i': {
      auto cell = orch::rows::cell_of(Kind::int64, text, scratch);
      if (kind == Kind::boolean && (cell.integer == 0 || cell.integer == 1))
        cell.type = Cell::Type::boolean;
      return cell;
    }
    case 'r':
      return orch::rows::cell_of(Kind::float64, text, scratch);
    case 'b':
      return {Cell::Type::blob, bytes_of_hex(text, scratch)};
    case 'h':
      return {Cell::Type::text, bytes_of_hex(text, scratch)};
    default:
      return {Cell::Type::text, text};
  }
}

std::string_view text_at(const Plan& plan, const Rows& rows, std::size_t column,
                         std::string& scratch) {
  if (plan.fetch.form != Form::wide) return rows.bytes(column);
  scratch.clear();
  if (!append_utf8(scratch, rows.wide(column))) throw BadText();
  return scratch;
}

}  // namespace

void interpret(const Dialect& dialect, data::Column& column, std::int64_t characters) {
  if (dialect.declared) {
    const auto declared = sqlite::column_of(column.name, column.native.shown());
    column.kind = declared.kind;
    column.precision = declared.precision;
    column.scale = declared.scale;
    column.length = declared.length;
    return;
  }
  const auto& type = type_of(dialect, column);
  column.kind = type.kind;
  if (type.kind == Kind::numeric) {
    const auto parameters = parameters_of(column.native.shown());
    column.precision = type.precision > 0 ? type.precision : parameters.first.value_or(0);
    column.scale = type.precision > 0 ? type.scale : parameters.second.value_or(0);
    // Such a number is no numeric(p,s) of other databases.
    if (column.scale < 0 || column.scale > column.precision) column.precision = column.scale = 0;
  }
  if (type.kind == Kind::text && characters > 0 && characters < longest_declared)
    column.length = static_cast<int>(characters);
}

std::string_view type_name(const Dialect& dialect, const data::Column& column) {
  return type_of(dialect, column).name;
}

std::string native_of(const Dialect& dialect, const ResultColumn& column) {
  if (dialect.declared) return column.type_name;
  auto name = boost::to_lower_copy(column.type_name);
  const auto known = [&](const std::string& one) {
    return std::ranges::any_of(dialect.types, [&](const Type& type) { return type.name == one; });
  };
  if (&dialect == &generic() || name.empty()) return standard_type(column);
  if (column.is_unsigned && known(name + " unsigned")) name += " unsigned";
  return name;
}

Plan plan_of(const Dialect& dialect, const data::Column& column, const std::string& quoted,
             bool wide) {
  const auto& type = type_of(dialect, column);
  Plan plan;
  plan.kind = column.kind;
  plan.way = type.way;
  plan.fetch.form = form_of(type.way, wide);
  plan.fetch.longest = longest_of(dialect, column, type, wide);
  plan.select = boost::replace_all_copy(std::string(type.select), "{}", quoted);
  return plan;
}

Cell cell_of(const Plan& plan, const Rows& rows, std::size_t column, Scratch& scratch) {
  switch (plan.way) {
    case Way::integer: {
      const auto value = rows.integer(column);
      if (plan.kind == Kind::boolean && (value == 0 || value == 1))
        return {Cell::Type::boolean, value};
      return {Cell::Type::integer, value};
    }
    case Way::real:
      if (plan.kind == Kind::float32)
        return {Cell::Type::float32, static_cast<float>(rows.real(column))};
      return {Cell::Type::real, rows.real(column)};
    case Way::bytes:
      return {Cell::Type::blob, rows.bytes(column)};
    case Way::date:
      return cell_of_moment(plan.kind, rows.moment(column), false, scratch.text);
    case Way::timestamp:
      return cell_of_moment(plan.kind, rows.moment(column), true, scratch.text);
    case Way::tagged:
      return cell_of_tagged(plan.kind, text_at(plan, rows, column, scratch.text), scratch.value);
    case Way::text:
      break;
  }
  return orch::rows::cell_of(plan.kind, text_at(plan, rows, column, scratch.text), scratch.value);
}

}  // namespace orch::odbc
