// What a declared type means, to SQLite and to others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workers/data/table.h"

namespace orch::sqlite {

/// What SQLite does to values stored in a column (sqlite.org/datatype3.html, section 3).
enum class Affinity : std::uint8_t { blob, text, numeric, integer, real };

/// SQLite's five rules for a column of an ordinary table.
Affinity affinity_of(std::string_view declared);

/// The column that `declared` announces: kind, precision and scale or length. A type that says
/// nothing to others (none, or an unknown one with numeric affinity) is Kind::any.
data::Column column_of(std::string name, std::string declared);

/// The type to declare for a column of another database, chosen so that its affinity alters no
/// value of that kind: integers INTEGER, floats REAL, numeric TEXT (INTEGER up to 18 digits
/// without fraction), bytes BLOB, dates under their own names, any nothing, all else TEXT.
std::string declared_for(const data::Column& column);

}  // namespace orch::sqlite
