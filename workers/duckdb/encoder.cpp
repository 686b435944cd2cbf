#include "workers/duckdb/encoder.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "orchestrator/db/duckdb.h"
#include "orchestrator/json/text.h"
#include "workers/duckdb/cells.h"
#include "workers/duckdb/column_type.h"
#include "workers/duckdb/types.h"
#include "workers/rows/decimal.h"
#include "workers/rows/refusal.h"
#include "workers/rows/text.h"
#include "workers/rows/value.h"

namespace orch::duckdb {
namespace {

using data::Cell;
using data::Kind;

/// How the values of one column travel.
struct Rule {
  std::string place;  ///< "Album.Title", for messages
  data::Column to;
  std::size_t bytes = 0;
  bool texts = false;  ///< the source has texts only
  bool infinite_times = true;
};

template <class Value>
bool put(std::string& out, Value value) {
  append_fixed(out, {reinterpret_cast<const char*>(&value), sizeof value});
  return true;
}

template <class Int>
bool put_integer(std::string& out, const Cell& cell) {
  using Limits = std::numeric_limits<Int>;
  const auto value = rows::integer_of(cell, Limits::min(), Limits::max());
  return value && put(out, static_cast<Int>(*value));
}

template <class Value>
bool put_given(std::string& out, const std::optional<Value>& value) {
  return value && put(out, *value);
}

bool put_bytes(std::string& out, const std::optional<std::string_view>& bytes) {
  if (bytes) append_bytes(out, *bytes);
  return bytes.has_value();
}

/// The number without its point. `decimal` has the column's scale, and digits enough to fit.
Int128 unscaled(const data::Decimal& decimal, int scale) {
  const auto digits = rows::significant_digits(decimal);
  Int128 value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  auto zeros = decimal.point - static_cast<int>(digits.size()) + scale;
  for (; value != 0 && zeros > 0; --zeros) value *= 10;
  return decimal.negative ? -value : value;
}

bool put_decimal(std::string& out, const Cell& cell, const Rule& rule, std::string& scratch) {
  const auto decimal = rows::decimal_of(cell, rule.to.precision, rule.to.scale, scratch);
  if (!decimal) return false;
  const auto value = unscaled(*decimal, rule.to.scale);
  switch (rule.bytes) {
    case 2:
      return put(out, static_cast<std::int16_t>(value));
    case 4:
      return put(out, static_cast<std::int32_t>(value));
    case 8:
      return put(out, static_cast<std::int64_t>(value));
    default:
      return put(out, value);
  }
}

bool put_text(std::string& out, const Cell& cell, std::string& scratch) {
  const auto text = rows::text_of(cell, scratch);
  std::size_t characters = 0;
  if (!text || !rows::valid_text(*text, characters)) return false;
  append_bytes(out, *text);
  return true;
}

/// `value` counts from 2000, what is kept from 1970; the ends of time are the ends of the type.
/// The first and last of `Int` stand for the ends of time.
template <class Int>
bool is_infinite(const std::optional<Int>& value) {
  using Limits = std::numeric_limits<Int>;
  return value && (*value == Limits::max() || *value == Limits::min());
}

template <class Int>
bool put_moment(std::string& out, const std::optional<Int>& value, std::int64_t to_2000,
                const Rule& rule) {
  using Limits = std::numeric_limits<Int>;
  if (!value) return false;
  if (is_infinite(value))
    return rule.infinite_times &&
           put(out, *value == Limits::max() ? Limits::max() : -Limits::max());
  Int kept = 0;
  if (__builtin_add_overflow(*value, to_2000, &kept) || kept == Limits::max()) return false;
  return put(out, kept);
}

// DuckDB flips the first bit, so that UUIDs compare as numbers.
bool put_uuid(std::string& out, const Cell& cell, std::string& scratch) {
  const auto bytes = rows::uuid_of(cell, scratch);
  if (!bytes) return false;
  __extension__ using Unsigned = unsigned __int128;
  Unsigned value = 0;
  for (const char byte : *bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return put(out, value ^ Unsigned{1} << 127);
}

bool put_value(std::string& out, const Cell& cell, const Rule& rule, std::string& scratch) {
  switch (rule.to.kind) {
    case Kind::boolean: {
      const auto value = rows::boolean_of(cell);
      return value && put(out, static_cast<std::uint8_t>(*value));
    }
    case Kind::int16:
      return rule.bytes == 1 ? put_integer<std::int8_t>(out, cell)
                             : put_integer<std::int16_t>(out, cell);
    case Kind::int32:
      return put_integer<std::int32_t>(out, cell);
    case Kind::int64:
      return put_integer<std::int64_t>(out, cell);
    case Kind::float32:
      return put_given(out, rows::float_of(cell));
    case Kind::float64:
      return put_given(out, rows::double_of(cell));
    case Kind::numeric:
      return put_decimal(out, cell, rule, scratch);
    case Kind::text:
      return put_text(out, cell, scratch);
    case Kind::bytes:
      return put_bytes(out, rows::bytes_of(cell, rule.texts, scratch));
    case Kind::date:
      return put_moment(out, rows::date_of(cell), days_to_2000, rule);
    case Kind::time:
      return put_given(out, rows::time_of(cell));
    case Kind::timestamp:
      return put_moment(out, rows::timestamp_of(cell), micros_to_2000, rule);
    case Kind::timestamptz:
      return put_moment(out, rows::timestamptz_of(cell), micros_to_2000, rule);
    case Kind::uuid:
      return put_uuid(out, cell, scratch);
    case Kind::json:
      return cell.type == Cell::Type::text && json::well_formed(cell.bytes) &&
             put_bytes(out, cell.bytes);
    case Kind::any:
    case Kind::other:
      break;
  }
  return false;
}

std::string_view why_refused(const Cell& cell, const Rule& rule) {
  const bool infinite =
      (rule.to.kind == Kind::date && is_infinite(rows::date_of(cell))) ||
      (rule.to.kind == Kind::timestamp && is_infinite(rows::timestamp_of(cell))) ||
      (rule.to.kind == Kind::timestamptz && is_infinite(rows::timestamptz_of(cell)));
  return infinite ? "Parquet has no infinity of time" : rows::expectation(rule.to.kind);
}

class Encoder final : public data::RowEncoder {
 public:
  Encoder(const data::LoadPlan& plan, EncoderLimits limits) {
    for (const auto& column : plan.columns)
      rules_.push_back({plan.request.target.display() + "." + column.name, column, bytes_of(column),
                        plan.request.source_traits.texts, limits.infinite_times});
  }

  void encode(std::span<const Cell> cells, std::string& out) override {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (cells[i].type == Cell::Type::null)
        append_null(out);
      else if (!put_value(out, cells[i], rules_[i], scratch_))
        throw rows::value_refused(rules_[i].place, rules_[i].to.native.shown(), cells[i],
                                  why_refused(cells[i], rules_[i]));
    }
  }

 private:
  std::vector<Rule> rules_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<data::RowEncoder> make_encoder(const data::LoadPlan& plan, EncoderLimits limits) {
  return std::make_unique<Encoder>(plan, limits);
}

}  // namespace orch::duckdb
