#include "workers/sqlite/encoder.h"

#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "workers/rows/decimal.h"
#include "workers/rows/number.h"
#include "workers/rows/refusal.h"
#include "workers/rows/value.h"
#include "workers/sqlite/cells.h"
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

/// Kinds whose values come as such from every source that has them: a text is read, or is none
/// (MySQL's zero dates).
bool is_moment(Kind kind) {
  return kind == Kind::date || kind == Kind::time || kind == Kind::timestamp ||
         kind == Kind::timestamptz;
}

constexpr std::string_view blanks = " \t\n\v\f\r";

/// What SQLite's numeric affinity takes for a number (blanks around it are ignored): digits with a
/// point, an exponent. Hexadecimal, "NaN" and "Infinity" stay texts.
bool looks_numeric(std::string_view text) { return rows::looks_decimal(trimmed(text, blanks)); }

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

  void put(const Cell& cell, std::string& out) {
    switch (cell.type) {
      case Type::null:
        return append_null(out);
      case Type::boolean:
      case Type::integer:
        return put_integer(cell, cell.integer, out);
      case Type::float32:
      case Type::real:
        return put_real(cell, cell.real, out);
      case Type::decimal:
        return put_decimal(cell, out);
      case Type::date:
      case Type::time:
      case Type::timestamp:
      case Type::timestamptz:
      case Type::uuid:
        return put_text(cell, *rows::text_of(cell, scratch_), out);
      case Type::text:
        if (rule_.parse || (!rule_.as_stored && is_moment(rule_.to))) return put_parsed(cell, out);
        return put_text(cell, cell.bytes, out);
      case Type::blob:
        return keep_blob(cell, cell.bytes, out);
    }
  }

 private:
  void put_integer(const Cell& cell, std::int64_t value, std::string& out) {
    if (rule_.affinity == Affinity::text) return put_number_as_text(cell, out);
    if (rule_.affinity != Affinity::real) return keep_integer(cell, value, out);
    if (rule_.as_stored) refuse(cell, "the column would make a REAL of it");
    const auto real = rows::exact_double(value);
    if (!real) refuse(cell, "a REAL keeps integers up to 2^53 exactly");
    append_real(out, *real);
  }

  void put_real(const Cell& cell, double value, std::string& out) {
    if (rule_.affinity == Affinity::text) return put_number_as_text(cell, out);
    if (std::isnan(value)) refuse(cell, "SQLite has no NaN and would store NULL");
    if (rule_.affinity == Affinity::blob) return keep_real(cell, value, out);
    if (value == 0) value = 0;  // these columns have no -0.0
    if (rule_.affinity == Affinity::real || !becomes_integer(value))
      return keep_real(cell, value, out);
    if (rule_.as_stored) refuse(cell, "the column would make an INTEGER of it");
    append_integer(out, static_cast<std::int64_t>(value));
  }

  void put_number_as_text(const Cell& cell, std::string& out) {
    if (rule_.as_stored) refuse(cell, "the column would make a TEXT of it");
    append_text(out, *rows::text_of(cell, scratch_));
  }

  void put_text(const Cell& cell, std::string_view text, std::string& out) {
    const bool converts = rule_.affinity != Affinity::text && rule_.affinity != Affinity::blob;
    if (converts && looks_numeric(text)) refuse(cell, "the column would make a number of it");
    keep_text(cell, text, out);
  }

  /// A decimal number of any length; or NaN or an infinity.
  void put_decimal(const Cell& cell, std::string& out) {
    const auto special = rows::special_of(cell);
    const bool real = rule_.affinity == Affinity::real;
    if (rule_.affinity == Affinity::text || rule_.affinity == Affinity::blob || (special && !real))
      return keep_text(cell, *rows::text_of(cell, scratch_), out);
    const auto integer = real ? std::nullopt : whole_number(cell);
    if (integer) return keep_integer(cell, *integer, out);
    const auto value = rows::double_of(cell);
    if (!value) refuse(cell, "a REAL does not give back its digits; a TEXT column keeps them");
    put_real(cell, *value, out);
  }

  std::optional<std::int64_t> whole_number(const Cell& cell) {
    const auto decimal = rows::decimal_of(cell, 0, 0, scratch_);
    return decimal ? rows::decimal_integer(*decimal) : std::nullopt;
  }

  /// A text that spells a value of the column's kind.
  void put_parsed(const Cell& cell, std::string& out) {
    switch (rule_.to) {
      case Kind::boolean:
        return keep_integer(cell, parsed(cell, rows::boolean_of(cell)) ? 1 : 0, out);
      case Kind::int16:
      case Kind::int32:
      case Kind::int64:
        return put_integer(cell, parsed(cell, rows::exact_integer(cell.bytes)), out);
      case Kind::float32:
      case Kind::float64:
        return put_real(cell, parsed(cell, rows::double_of(cell)), out);
      case Kind::numeric:
        parsed(cell, rows::number_of(cell, 0, 0, scratch_));
        return put_decimal(cell, out);
      case Kind::bytes:
        return keep_blob(cell, parsed(cell, rows::bytes_of(cell, true, scratch_)), out);
      default:
        if (!rows::spells(cell.bytes, rule_.to)) refuse(cell, rows::expectation(rule_.to));
        return put_text(cell, cell.bytes, out);
    }
  }

  template <class Value>
  Value parsed(const Cell& cell, const std::optional<Value>& value) const {
    if (!value) refuse(cell, rows::expectation(rule_.to));
    return *value;
  }

  void keep_integer(const Cell& cell, std::int64_t value, std::string& out) const {
    accept(Type::integer, cell);
    append_integer(out, value);
  }
  void keep_real(const Cell& cell, double value, std::string& out) const {
    accept(Type::real, cell);
    append_real(out, value);
  }
  void keep_text(const Cell& cell, std::string_view value, std::string& out) const {
    accept(Type::text, cell);
    append_text(out, value);
  }
  void keep_blob(const Cell& cell, std::string_view value, std::string& out) const {
    accept(Type::blob, cell);
    append_blob(out, value);
  }

  void accept(Type type, const Cell& cell) const {
    if (only_ && *only_ != type) refuse(cell, "the table is STRICT");
  }

  [[noreturn]] void refuse(const Cell& cell, std::string_view why) const {
    throw rows::value_refused(rule_.place, rule_.declared, cell, why);
  }

  ColumnRule rule_;
  std::optional<Type> only_;
  std::string scratch_;
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
    rule.to = column.kind;
    rule.affinity = affinity_of(column.native.shown());
    rule.strict = strict;
    rule.as_stored = plan.request.source_traits.family == family_name;
    rule.parse = plan.request.source_traits.texts;
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::unique_ptr<data::RowEncoder> make_encoder(std::vector<ColumnRule> rules) {
  return std::make_unique<CellsEncoder>(std::move(rules));
}

}  // namespace orch::sqlite
