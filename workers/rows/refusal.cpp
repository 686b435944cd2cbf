#include "workers/rows/refusal.h"

#include <fmt/format.h>

#include "workers/rows/text.h"
#include "workers/rows/value.h"

namespace orch::rows {
namespace {

using data::Cell;
using data::Kind;
using Type = data::Cell::Type;

constexpr std::size_t longest_shown = 80;

/// Whole characters as they are, control characters and bytes that are no UTF-8 as \xHH: a
/// failure's cause is JSON.
std::string printable(std::string_view bytes) {
  std::string out;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < bytes.size() && out.size() < longest_shown;) {
    std::size_t length = 1;
    while (length < 4 && !valid_text(bytes.substr(at, length), characters)) ++length;
    const auto character = bytes.substr(at, length);
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead >= ' ' && lead != 0x7f && valid_text(character, characters)) {
      out += character;
      at += character.size();
    } else {
      out += fmt::format("\\x{:02x}", lead);
      ++at;
    }
    if (out.size() >= longest_shown && at < bytes.size()) out += "…";
  }
  return out;
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::boolean:
      return "BOOLEAN";
    case Type::integer:
      return "INTEGER";
    case Type::float32:
    case Type::real:
      return "REAL";
    case Type::decimal:
      return "NUMERIC";
    case Type::date:
      return "DATE";
    case Type::time:
      return "TIME";
    case Type::timestamp:
      return "TIMESTAMP";
    case Type::timestamptz:
      return "TIMESTAMPTZ";
    case Type::uuid:
      return "UUID";
    case Type::null:
    case Type::text:
    case Type::blob:
      break;
  }
  return "";
}

}  // namespace

std::string shown(const Cell& cell) {
  std::string scratch;
  switch (cell.type) {
    case Type::null:
      return "NULL";
    case Type::text:
      return fmt::format("TEXT '{}'", printable(cell.bytes));
    case Type::blob:
      return fmt::format("BLOB of {} bytes", cell.bytes.size());
    default:
      return fmt::format("{} {}", name_of(cell.type), printable(*text_of(cell, scratch)));
  }
}

std::string_view expectation(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "a boolean is true, t, yes, y, on, 1 or their opposite";
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return "it is not a whole number in the range of the type";
    case Kind::float32:
    case Kind::float64:
      return "it is not a number, or has more digits than the type gives back";
    case Kind::numeric:
      return "it is not a number, or has more digits than the type keeps";
    case Kind::text:
      return "it is not UTF-8 text without NUL, or too long";
    case Kind::bytes:
      return "it is not bytes; texts spell them \\x0aff";
    case Kind::date:
      return "it is not a date, as 2026-01-31 is";
    case Kind::time:
      return "it is not a time of the day, as 23:59:59.5 is, or finer than the type keeps";
    case Kind::timestamp:
      return "it is not a date and time without zone, as 2026-01-31 23:59:59.5 is, or finer than "
             "the type keeps";
    case Kind::timestamptz:
      return "it is not a date and time with its zone, as 2026-01-31 23:59:59.5+02:00 is, or finer "
             "than the type keeps";
    case Kind::uuid:
      return "it is not a UUID";
    case Kind::json:
      return "it is not well-formed JSON";
    case Kind::any:
    case Kind::other:
      break;
  }
  return "no value of another database is one of this type";
}

workers::TaskFailed value_refused(const std::string& place, const std::string& type,
                                  const Cell& cell, std::string_view why) {
  const auto named = type.empty() ? std::string("any type") : type;
  return {"Type.ValueRefused",
          fmt::format("{}: found {}, expected a value that {} keeps: {}", place, shown(cell), named,
                      why),
          "correct the value, or give the column another type in the catalog or the target",
          "ORCH-0436",
          {{"column", place}, {"type", named}}};
}

}  // namespace orch::rows
