// One value on its way from a source to a target.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace orch::data {

/// A decimal number 0.digits * 10^point, or none.
struct Decimal {
  enum class Form : std::uint8_t { finite, nan, infinity };

  std::string_view digits = {};  ///< '0' to '9', the first not '0'; empty for zero
  std::int32_t point = 0;        ///< digits before the point; may be negative
  std::int32_t scale = 0;        ///< digits after the point as written, at least 0
  bool negative = false;
  Form form = Form::finite;
};

/// A value with its type. A source gives the type in which it keeps the value, and a text only for
/// texts and for what it keeps as text; workers/rows says what a target's columns take.
struct Cell {
  enum class Type : std::uint8_t {
    null,
    boolean,      ///< integer: 0 or 1
    integer,      ///< integer
    float32,      ///< real, which is a float
    real,         ///< real
    decimal,      ///< decimal()
    date,         ///< integer: days since 2000-01-01
    time,         ///< integer: microseconds since midnight, up to 24:00
    timestamp,    ///< integer: microseconds since 2000-01-01 00:00
    timestamptz,  ///< integer: microseconds since 2000-01-01 00:00 UTC
    uuid,         ///< bytes: 16
    text,         ///< bytes, as UTF-8
    blob,         ///< bytes
  };

  Type type = Type::null;
  /// The rest of a decimal, whose digits are `bytes`.
  Decimal::Form form = Decimal::Form::finite;
  bool negative = false;
  std::int32_t point = 0;
  std::int32_t scale = 0;
  /// The ends of time are the largest and smallest number of 32 (date) and 64 bits (timestamps), as
  /// in PostgreSQL.
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes = {};  ///< of the source, or of a RowBatch

  Cell() = default;
  Cell(Type of, std::integral auto value) : type(of), integer(value) {}
  Cell(Type of, std::floating_point auto value) : type(of), real(value) {}
  Cell(Type of, std::string_view value) : type(of), bytes(value) {}
  explicit Cell(const Decimal& decimal)
      : type(Type::decimal),
        form(decimal.form),
        negative(decimal.negative),
        point(decimal.point),
        scale(decimal.scale),
        bytes(decimal.digits) {}

  Decimal decimal() const { return {bytes, point, scale, negative, form}; }
};

}  // namespace orch::data
