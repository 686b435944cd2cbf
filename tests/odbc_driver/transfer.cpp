#include "tests/odbc_driver/transfer.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace recording {
namespace {

template <class Value>
SQLRETURN store(const Place& place, const Value& value) {
  std::memcpy(place.buffer, &value, sizeof value);
  if (place.indicator) *place.indicator = sizeof value;
  return SQL_SUCCESS;
}

template <class Number>
SQLRETURN store_number(Statement& statement, const std::string& text, const Place& place) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc::result_out_of_range)
    return statement.fail({"22003", 0, "Numeric value out of range"});
  if (read.ec != std::errc())
    return statement.fail({"22018", 0, "Invalid character value for cast"});
  if (read.ptr != end) return statement.fail({"01S07", 0, "Fractional truncation"});
  return store(place, value);
}

/// "2026-11-30 12:34:56.123456789"
SQLRETURN store_moment(Statement& statement, const std::string& text, const Place& place) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  char fraction[10] = "";
  const int found = std::sscanf(text.c_str(), "%d-%u-%u %u:%u:%u.%9[0-9]", &year, &month, &day,
                                &hour, &minute, &second, fraction);
  if (found < 3) return statement.fail({"22018", 0, "Invalid character value for cast"});
  const auto part = [](unsigned value) { return static_cast<SQLUSMALLINT>(value); };
  if (place.c_type == SQL_C_TYPE_DATE)
    return store(place, SQL_DATE_STRUCT{static_cast<SQLSMALLINT>(year), part(month), part(day)});
  std::string nanoseconds = fraction;
  nanoseconds.resize(9, '0');
  return store(place, SQL_TIMESTAMP_STRUCT{static_cast<SQLSMALLINT>(year), part(month), part(day),
                                           part(hour), part(minute), part(second),
                                           static_cast<SQLUINTEGER>(std::stoul(nanoseconds))});
}

/// What fits of the rest; the indicator is the length of the rest.
SQLRETURN store_bytes(Statement& statement, std::string_view all, std::size_t terminator,
                      const Place& place, std::size_t& at) {
  if (at > 0 && at >= all.size()) return SQL_NO_DATA;
  const auto rest = all.substr(at);
  const auto room = place.capacity < static_cast<SQLLEN>(terminator)
                        ? 0
                        : static_cast<std::size_t>(place.capacity) - terminator;
  auto size = std::min(rest.size(), room);
  if (terminator == sizeof(SQLWCHAR)) size -= size % sizeof(SQLWCHAR);
  if (place.buffer && place.capacity > 0) {
    std::memcpy(place.buffer, rest.data(), size);
    std::memset(static_cast<char*>(place.buffer) + size, 0, terminator);
  }
  if (place.indicator) *place.indicator = static_cast<SQLLEN>(rest.size());
  if (size == rest.size()) {
    at = std::max<std::size_t>(all.size(), 1);
    return SQL_SUCCESS;
  }
  at += size;
  return statement.warn({"01004", 0, "String data, right truncated"});
}

SQLRETURN store_text(Statement& statement, const Cell& cell, const Place& place, std::size_t& at) {
  if (place.c_type == SQL_C_BINARY) return store_bytes(statement, cell.bytes, 0, place, at);
  if (place.c_type == SQL_C_CHAR) return store_bytes(statement, cell.bytes, 1, place, at);
  const auto wide = utf16_of(cell.bytes);
  const std::string_view bytes(reinterpret_cast<const char*>(wide.data()),  // NOLINT
                               wide.size() * sizeof(char16_t));
  // Binary cells are the units of a text as they are, pairs or not.
  return store_bytes(statement, cell.binary ? std::string_view(cell.bytes) : bytes,
                     sizeof(SQLWCHAR), place, at);
}

SQLRETURN store_value(Statement& statement, const Cell& cell, const Place& place, std::size_t& at) {
  switch (place.c_type) {
    case SQL_C_SBIGINT:
      return store_number<SQLBIGINT>(statement, cell.bytes, place);
    case SQL_C_DOUBLE:
      return store_number<SQLDOUBLE>(statement, cell.bytes, place);
    case SQL_C_TYPE_DATE:
    case SQL_C_TYPE_TIMESTAMP:
      return store_moment(statement, cell.bytes, place);
    case SQL_C_CHAR:
    case SQL_C_WCHAR:
    case SQL_C_BINARY:
      return store_text(statement, cell, place, at);
    default:
      return statement.fail({"07006", 0, "Restricted data type attribute violation"});
  }
}

}  // namespace

SQLRETURN transfer(Statement& statement, const Cell& cell, const Place& place, std::size_t& at) {
  if (cell.null) {
    if (!place.indicator) return statement.fail({"22002", 0, "Indicator variable required"});
    *place.indicator = SQL_NULL_DATA;
    return SQL_SUCCESS;
  }
  const auto result = store_value(statement, cell, place, at);
  if (cell.indicator && place.indicator) *place.indicator = *cell.indicator;
  return result;
}

}  // namespace recording
