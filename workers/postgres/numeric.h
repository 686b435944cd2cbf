// numeric values in PostgreSQL's binary form.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/cell.h"

namespace orch::postgres {

/// Appends the bytes of a numeric (without the length) as numeric_send() writes them. False for an
/// infinity in a column of a precision (`bounded`), which takes none.
bool append_numeric(std::string& out, const data::Decimal& decimal, bool bounded);

/// The most digits that a numeric of so many bytes has.
constexpr std::size_t most_digits(std::size_t bytes) { return bytes * 2; }

/// The number in `bytes`, as numeric_send() writes them; its digits are written to `digits`, where
/// there must be room for most_digits(). Unset for what is not such a number.
std::optional<data::Decimal> read_numeric(std::string_view bytes, char* digits);

}  // namespace orch::postgres
