// Texts of a file read as values of a type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workers/data/row.h"
#include "workers/data/table.h"

namespace orch::sqlite {

/// `text` as a value of `kind`: integers and floats in decimal; true/false, t/f, yes/no, 1/0;
/// numeric stays a text of digits; bytes as PostgreSQL's `\x` hex; dates and times in ISO 8601;
/// everything else as it is. Unset when it is none. Bytes of the result live in `text` or in
/// `scratch`.
std::optional<data::Cell> csv_value(std::string_view text, data::Kind kind, std::string& scratch);

}  // namespace orch::sqlite
