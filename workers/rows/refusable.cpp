#include "workers/rows/refusable.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace orch::rows {
namespace {

using data::Column;
using data::Kind;

constexpr std::array names = {"boolean",
                              "whole number",
                              "whole number",
                              "whole number",
                              "number",
                              "number",
                              "number",
                              "text",
                              "bytes",
                              "date",
                              "time",
                              "timestamp",
                              "timestamp with a time zone",
                              "UUID",
                              "JSON",
                              "value",
                              "value"};
static_assert(names.size() == static_cast<std::size_t>(Kind::other) + 1);

std::string none_of(std::string_view what, Kind kind) {
  return fmt::format("{} that are no {}", what, names.at(static_cast<std::size_t>(kind)));
}

bool is_integer(Kind kind) {
  return kind == Kind::int16 || kind == Kind::int32 || kind == Kind::int64;
}
bool is_float(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }

/// Decimal digits of the largest number.
int digits_of(Kind kind) {
  if (kind == Kind::boolean) return 1;
  if (kind == Kind::int16) return 5;
  return kind == Kind::int32 ? 10 : 19;
}

template <class Integer>
std::string outside() {
  constexpr std::numeric_limits<Integer> limits;
  return fmt::format("numbers outside {} to {}", limits.min(), limits.max());
}

std::string outside(Kind kind) {
  if (kind == Kind::int16) return outside<std::int16_t>();
  return kind == Kind::int32 ? outside<std::int32_t>() : outside<std::int64_t>();
}

std::string into_integer(const Column& from, const Column& to) {
  if (from.kind == Kind::boolean) return {};
  if (is_integer(from.kind)) return from.kind <= to.kind ? std::string() : outside(to.kind);
  if (from.kind == Kind::numeric && from.precision > 0 && from.scale <= 0)
    return from.precision - from.scale < digits_of(to.kind) ? std::string() : outside(to.kind);
  if (is_float(from.kind) || from.kind == Kind::numeric) return "fractions, " + outside(to.kind);
  return none_of("values", to.kind);
}

/// Integers are exact up to 2^24 in a real, up to 2^53 in a double.
std::string into_float(const Column& from, const Column& to) {
  const bool real = to.kind == Kind::float32;
  if (from.kind == Kind::boolean || from.kind == to.kind) return {};
  if (is_integer(from.kind)) {
    const bool exact = real ? from.kind == Kind::int16 : from.kind != Kind::int64;
    return exact ? std::string()
                 : fmt::format("numbers beyond 2^{} that it does not hold exactly", real ? 24 : 53);
  }
  if (from.kind == Kind::float32) return {};
  if (from.kind == Kind::float64 || from.kind == Kind::numeric)
    return fmt::format("numbers with more digits than a {} gives back", real ? "real" : "double");
  return none_of("values", to.kind);
}

std::string into_numeric(const Column& from, const Column& to) {
  const bool number = from.kind == Kind::boolean || is_integer(from.kind) || is_float(from.kind) ||
                      from.kind == Kind::numeric;
  if (!number) return none_of("values", to.kind);
  if (to.precision == 0) return {};
  const auto room = to.precision - to.scale;
  if (from.kind == Kind::boolean || is_integer(from.kind))
    return digits_of(from.kind) <= room
               ? std::string()
               : fmt::format("numbers of more than {} digits before the point", room);
  if (from.kind == Kind::numeric && from.precision > 0 && from.scale <= to.scale &&
      from.precision - from.scale <= room)
    return {};
  return fmt::format("numbers that do not fit {} digits, {} of them after the point", to.precision,
                     to.scale);
}

std::string into_text(const Column& from, const Column& to) {
  if (from.kind == Kind::bytes) return "bytes";
  if (to.length == 0) return {};
  if (from.kind == Kind::text && from.length > 0 && from.length <= to.length) return {};
  return fmt::format("texts of more than {} characters", to.length);
}

/// A timestamp has no zone, a time no date: none becomes the other; a date is its midnight.
std::string into_time(const Column& from, const Column& to) {
  if (from.kind == to.kind) return {};
  if (to.kind == Kind::timestamp && from.kind == Kind::date) return {};
  return none_of("values", to.kind);
}

std::string of_typed(const Column& from, const Column& to) {
  switch (to.kind) {
    case Kind::boolean:
      return from.kind == Kind::boolean ? std::string() : "values other than true, false, 1 and 0";
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return into_integer(from, to);
    case Kind::float32:
    case Kind::float64:
      return into_float(from, to);
    case Kind::numeric:
      return into_numeric(from, to);
    case Kind::text:
      return into_text(from, to);
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamptz:
      return into_time(from, to);
    case Kind::uuid:
    case Kind::json:
      return from.kind == to.kind ? std::string() : none_of("values", to.kind);
    case Kind::bytes:
      return from.kind == Kind::bytes || from.kind == Kind::text ? std::string()
                                                                 : none_of("values", to.kind);
    case Kind::any:
    case Kind::other:
      break;
  }
  return {};
}

}  // namespace

std::string refusable(const Column& from, const Column& to, const data::Traits& source) {
  if (source.typed) return of_typed(from, to);
  if (to.kind == Kind::any) return {};
  if (to.kind != Kind::text) return none_of(source.texts ? "texts" : "values", to.kind);
  Column text;
  text.kind = Kind::text;
  auto long_texts = into_text(text, to);
  if (source.texts) return long_texts;
  return long_texts.empty() ? "bytes" : "bytes, " + long_texts;
}

std::string losable(const Column& from, const Column& to) {
  if (is_float(from.kind) && to.kind == Kind::numeric && to.precision > 0)
    return "digits after the 15th";
  return {};
}

}  // namespace orch::rows
