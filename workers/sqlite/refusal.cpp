#include "workers/sqlite/refusal.h"

#include <fmt/format.h>

#include "workers/sqlite/number_text.h"

namespace orch::sqlite {
namespace {

constexpr std::size_t longest_shown = 80;

/// Printable ASCII as it is, every other byte as \xHH: valid whatever the bytes are.
std::string printable(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    const bool plain = byte >= ' ' && byte <= '~';
    out +=
        plain ? std::string(1, byte) : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    if (out.size() >= longest_shown) return out + "…";
  }
  return out;
}

}  // namespace

std::string shown(const data::Cell& cell) {
  switch (cell.type) {
    case data::Cell::Type::integer:
      return fmt::format("INTEGER {}", cell.integer);
    case data::Cell::Type::real:
      return "REAL " + real_text(cell.real);
    case data::Cell::Type::text:
      return fmt::format("TEXT '{}'", printable(cell.bytes));
    case data::Cell::Type::blob:
      return fmt::format("BLOB of {} bytes", cell.bytes.size());
    case data::Cell::Type::null:
      break;
  }
  return "NULL";
}

workers::TaskFailed value_refused(const ColumnRule& rule, const data::Cell& cell,
                                  std::string_view why) {
  const auto type = rule.declared.empty() ? "any type" : rule.declared;
  return {"Type.ValueRefused",
          fmt::format("{}: found {}, expected a value that {} keeps: {}", rule.place, shown(cell),
                      type, why),
          "correct the value, or give the column another type in the catalog or the target",
          "ORCH-0436",
          {{"column", rule.place}, {"type", type}}};
}

}  // namespace orch::sqlite
