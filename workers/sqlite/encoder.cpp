#include "workers/sqlite/encoder.h"

#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

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

constexpr std::string_view blanks = " \t\n\v\f\r";

/// What SQLite's numeric affinity takes for a number (blanks around it are ignored): digits with a
/// point, an exponent. Hexadecimal, "NaN" and "Infinity" stay texts.
bool looks_numeric(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return false;
  text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  return rows::looks_decimal(text);
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
    if (rule_.affinity == Affinity::text) return put_number_as_text(cell, out);
    if (rule_.affinity != Affinity::real) return keep_integer(cell, cell.integer, out);
    if (rule_.as_stored) refuse(cell, "the column would make a REAL of it");
    const auto value = rows::exact_double(cell.integer);
    if (!value) refuse(cell, "a REAL keeps integers up to 2^53 exactly");
    append_real(out, *value);
  }

  void put_real(const Cell& cell, std::string& out) const {
    if (rule_.affinity == Affinity::text) return put_number_as_text(cell, out);
    auto value = cell.real;
    if (std::isnan(value)) refuse(cell, "SQLite has no NaN and would store NULL");
    if (rule_.affinity == Affinity::blob) return keep_real(cell, value, out);
    if (value == 0) value = 0;  // these columns have no -0.0
    if (rule_.affinity == Affinity::real || !becomes_integer(value))
      return keep_real(cell, value, out);
    if (rule_.as_stored) refuse(cell, "the column would make an INTEGER of it");
    append_integer(out, static_cast<std::int64_t>(value));
  }

  void put_number_as_text(const Cell& cell, std::string& out) const {
    if (rule_.as_stored) refuse(cell, "the column would make a TEXT of it");
    std::string scratch;
    append_text(out, *rows::text_of(cell, rule_.from, scratch));
  }

  void put_text(const Cell& cell, std::string& out) const {
    if (rule_.from == Kind::numeric && !rule_.as_stored) return put_numeric(cell, out);
    const bool converts = rule_.affinity != Affinity::text && rule_.affinity != Affinity::blob;
    if (converts && looks_numeric(cell.bytes)) refuse(cell, "the column would make a number of it");
    keep_text(cell, out);
  }

  /// A decimal number of any length, in digits; or NaN or an infinity.
  void put_numeric(const Cell& cell, std::string& out) const {
    if (rule_.affinity == Affinity::text || rule_.affinity == Affinity::blob)
      return keep_text(cell, out);
    if (const auto special = rows::special_of(cell)) {
      if (rule_.affinity != Affinity::real) return keep_text(cell, out);
      return put_real({Type::real, 0, *special, {}}, out);
    }
    if (rule_.affinity != Affinity::real) {
      if (const auto integer = rows::exact_integer(whole_part(cell.bytes)))
        return keep_integer(cell, *integer, out);
    }
    const auto real = rows::exact_double(cell.bytes);
    if (!real) refuse(cell, "a REAL does not give back its digits; a TEXT column keeps them");
    put_real({Type::real, 0, *real, {}}, out);
  }

  /// A text that spells a value of the column's kind.
  void put_parsed(const Cell& cell, std::string& out) const {
    switch (rule_.to) {
      case Kind::boolean:
        return keep_integer(cell, parsed(cell, rows::boolean_of(cell)) ? 1 : 0, out);
      case Kind::int16:
      case Kind::int32:
      case Kind::int64:
        return put_integer({Type::integer, parsed(cell, rows::exact_integer(cell.bytes)), 0, {}},
                           out);
      case Kind::float32:
      case Kind::float64:
        return put_real({Type::real, 0, parsed(cell, rows::double_of(cell)), {}}, out);
      case Kind::numeric:
        if (!rows::special_of(cell)) parsed(cell, rows::decimal_of(cell, 0, 0));
        return put_numeric(cell, out);
      case Kind::bytes: {
        std::string scratch;
        const auto bytes = parsed(cell, rows::bytes_of(cell, true, scratch));
        return keep_blob({Type::blob, 0, 0, bytes}, out);
      }
      default:
        if (!rows::spells(cell.bytes, rule_.to)) refuse(cell, rows::expectation(rule_.to));
        return put_text(cell, out);
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
    throw rows::value_refused(rule_.place, rule_.declared, cell, why);
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
