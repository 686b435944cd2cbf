// Numbers written as text: which of them SQLite would convert, and which a double keeps exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::sqlite {

/// True when a column with numeric affinity would store `text` as a number: blanks, a sign,
/// digits with a point, an exponent, blanks. Hexadecimal, "NaN" and "Infinity" stay texts.
bool looks_numeric(std::string_view text);

/// `text` as an integer of 64 bits; unset when it is anything else.
std::optional<std::int64_t> exact_integer(std::string_view text);

/// The double that prints as the same decimal value as `text`; unset when there is none.
std::optional<double> exact_real(std::string_view text);

/// The shortest text that reads back as `value`; "NaN", "Infinity", "-Infinity" as PostgreSQL.
std::string real_text(double value);

}  // namespace orch::sqlite
