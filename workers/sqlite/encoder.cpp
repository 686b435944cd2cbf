#include "workers/sqlite/encoder.h"

#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workers/sqlite/cells.h"
#include "workers/sqlite/csv_value.h"
#include "workers/sqlite/number_text.h"
#include "workers/sqlite/refusal.h"
#include "workers/sqlite/sqlite.h"

namespace orch::sqlite {
namespace {

using data::Cell;
using data::Kind;
using Type = data::Cell::Type;

/// True when SQLite keeps `value` as an integer in a column of numeric affinity.
bool becomes_integer(double value) {
  return std::nearbyint(value) == value && std::abs(value) < 0x1p63;
}

/// "12" of "12.00", so that a whole number is kept as an integer; else the text.
std::string_view whole_part(std::string_view number) {
  const auto point = number.find('.');
  if (point == std::string_view::npos) return number;
  const bool whole = number.find_first_not_of('0', point + 1) == std::string_view::npos;
  return whole ? number.substr(0, point) : number;
}

/// The storage class that a STRICT column accepts beside NULL; unset: all.
std::optional<Type> only_class(const ColumnRule& rule) {
  if (!rule.strict || rule.declared.empty()) return std::nullopt;
  switch (rule.affinity) {
    case Affinity::text:
      return Type::text;
    case Affinity::blob:
      return Type::blob;
    case Affinity::real:
      return Type::real;
    default:
      return Type::integer;
  }
}

/// Puts one cell as its column will store it. put_… is named by what arrives, keep_… by what is
/// stored.
class CellEncoder {
 public:
  explicit CellEncoder(ColumnRule rule) : rule_(std::move(rule)), only_(only_class(rule_)) {}

  void put(const Cell& cell, std::string& out) const {
    switch (cell.type) {
      case Type::null:
        return append_null(out);
      case Type::integer:
        return put_integer(cell, out);
      case Type::real:
        return put_real(cell, out);
      case Type::text:
        return rule_.parse ? put_parsed(cell, out) : put_text(cell, out);
      case Type::blob:
        return keep_blob(cell, out);
    }
  }

 private:
  void put_integer(const Cell& cell, std::string& out) const {
    if (rule_.affinity == Affinity::text) {
      if (rule_.as_stored) refuse(cell, "the column would make a TEXT of it");
      return append_text(out, fmt::format_int(cell.integer).c_str());
    }
    if (rule_.affinity != Affinity::real) return keep_integer(cell, cell.integer, out);
    if (rule_.as_stored) refuse(cell, "the column would make a REAL of it");
    const auto value = static_cast<double>(cell.integer);
    // 2^63 as a double is one above the largest integer, and must not be cast back.
    if (value >= 0x1p63 || static_cast<std::int64_t>(value) != cell.integer)
      refuse(cell, "a REAL keeps integers up to 2^53 exactly");
    append_real(out, value);
  }

  void put_real(const Cell& cell, std::string& out) const {
    const auto value = cell.real;
    if (rule_.affinity == Affinity::text) {
      if (rule_.as_stored) refuse(cell, "the column would make a TEXT of it");
      return append_text(out, real_text(value));
    }
    if (std::isnan(value)) refuse(cell, "SQLite has no NaN and would store NULL");
    if (rule_.affinity == Affinity::blob) return keep_real(cell, value, out);
    if (value == 0 && std::signbit(value)) refuse(cell, "the column would lose the sign of -0.0");
    if (rule_.affinity == Affinity::real || !becomes_integer(value))
      return keep_real(cell, value, out);
    if (rule_.as_stored) refuse(cell, "the column would make an INTEGER of it");
    append_integer(out, static_cast<std::int64_t>(value));
  }

  void put_text(const Cell& cell, std::string& out) const {
    if (rule_.from == Kind::numeric && !rule_.as_stored) return put_numeric(cell, out);
    const bool converts = rule_.affinity != Affinity::text && rule_.affinity != Affinity::blob;
    if (converts && looks_numeric(cell.bytes)) refuse(cell, "the column would make a number of it");
    keep_text(cell, out);
  }

  /// A decimal number of any length, in digits.
  void put_numeric(const Cell& cell, std::string& out) const {
    const bool as_text = rule_.affinity == Affinity::text || rule_.affinity == Affinity::blob;
    if (as_text || !looks_numeric(cell.bytes)) return keep_text(cell, out);
    if (rule_.affinity != Affinity::real) {
      if (const auto integer = exact_integer(whole_part(cell.bytes)))
        return append_integer(out, *integer);
    }
    const auto real = exact_real(cell.bytes);
    if (!real) refuse(cell, "a REAL keeps 15 digits; a TEXT column keeps all");
    put_real({Type::real, 0, *real, {}}, out);
  }

  void put_parsed(const Cell& cell, std::string& out) const {
    std::string scratch;
    const auto value = csv_value(cell.bytes, rule_.to, scratch);
    if (!value) refuse(cell, "it is not a value of the column's type");
    switch (value->type) {
      case Type::integer:
        return put_integer(*value, out);
      case Type::real:
        return put_real(*value, out);
      case Type::blob:
        return keep_blob(*value, out);
      default:
        return rule_.to == Kind::numeric ? put_numeric(*value, out) : put_text(*value, out);
    }
  }

  void keep_integer(const Cell& cell, std::int64_t value, std::string& out) const {
    accept(Type::integer, cell);
    append_integer(out, value);
  }
  void keep_real(const Cell& cell, double value, std::string& out) const {
    accept(Type::real, cell);
    append_real(out, value);
  }
  void keep_text(const Cell& cell, std::string& out) const {
    accept(Type::text, cell);
    append_text(out, cell.bytes);
  }
  void keep_blob(const Cell& cell, std::string& out) const {
    accept(Type::blob, cell);
    append_blob(out, cell.bytes);
  }

  void accept(Type type, const Cell& cell) const {
    if (only_ && *only_ != type) refuse(cell, "the table is STRICT");
  }

  [[noreturn]] void refuse(const Cell& cell, std::string_view why) const {
    throw value_refused(rule_, cell, why);
  }

  ColumnRule rule_;
  std::optional<Type> only_;
};

class CellsEncoder final : public data::RowEncoder {
 public:
  explicit CellsEncoder(std::vector<ColumnRule> rules) {
    columns_.reserve(rules.size());
    for (auto& rule : rules) columns_.emplace_back(std::move(rule));
  }

  void encode(std::span<const Cell> cells, std::string& out) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].put(cells[i], out);
  }

 private:
  std::vector<CellEncoder> columns_;
};

}  // namespace

std::vector<ColumnRule> rules_of(const data::LoadPlan& plan, bool strict) {
  std::vector<ColumnRule> rules;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& column = plan.columns[i];
    ColumnRule rule;
    rule.place = plan.request.target.name + "." + column.name;
    rule.declared = column.native.shown();
    rule.from = plan.request.source.columns[i].kind;
    rule.to = column.kind;
    rule.affinity = affinity_of(column.native.shown());
    rule.strict = strict;
    rule.as_stored = plan.request.source_engine == engine_name;
    rule.parse = plan.request.source_traits.texts;
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::unique_ptr<data::RowEncoder> make_encoder(std::vector<ColumnRule> rules) {
  return std::make_unique<CellsEncoder>(std::move(rules));
}

}  // namespace orch::sqlite
