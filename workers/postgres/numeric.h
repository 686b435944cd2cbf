// numeric values in PostgreSQL's binary form.
#pragma once

#include <string>

#include "workers/rows/decimal.h"

namespace orch::postgres {

/// Appends the bytes of a numeric (without the length) as numeric_send() writes them.
void append_numeric(std::string& out, const rows::Decimal& decimal);

/// The same for NaN and the infinities; false for an infinity in a column of a precision.
bool append_special(std::string& out, double value, bool bounded);

}  // namespace orch::postgres
