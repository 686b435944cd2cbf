#include "workers/rows/refusal.h"

#include <fmt/format.h>

#include "workers/rows/number.h"
#include "workers/rows/text.h"

namespace orch::rows {
namespace {

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

}  // namespace

std::string shown(const data::Cell& cell) {
  switch (cell.type) {
    case data::Cell::Type::integer:
      return fmt::format("INTEGER {}", cell.integer);
    case data::Cell::Type::real:
      return "REAL " + number_text(cell.real);
    case data::Cell::Type::text:
      return fmt::format("TEXT '{}'", printable(cell.bytes));
    case data::Cell::Type::blob:
      return fmt::format("BLOB of {} bytes", cell.bytes.size());
    case data::Cell::Type::null:
      break;
  }
  return "NULL";
}

workers::TaskFailed value_refused(const std::string& place, const std::string& type,
                                  const data::Cell& cell, std::string_view why) {
  const auto named = type.empty() ? std::string("any type") : type;
  return {"Type.ValueRefused",
          fmt::format("{}: found {}, expected a value that {} keeps: {}", place, shown(cell), named,
                      why),
          "correct the value, or give the column another type in the catalog or the target",
          "ORCH-0436",
          {{"column", place}, {"type", named}}};
}

}  // namespace orch::rows
