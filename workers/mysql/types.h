// MySQL's types: what they mean, and how their values are selected and read.
#pragma once

#include <string>
#include <string_view>

#include "workers/data/cell.h"
#include "workers/data/table.h"

namespace orch::mysql {

/// Sets kind, precision, scale and length of a column by its `native` type as COLUMN_TYPE of
/// information_schema spells it: "int(10) unsigned", "decimal(12,2)", "enum('a','b')".
/// `characters` is CHARACTER_MAXIMUM_LENGTH, or 0.
void interpret(data::Column& column, std::int64_t characters);

/// SQL that selects `name`, a quoted column, in a spelling that loses nothing: floats as doubles,
/// bits as numbers, shapes as well-known text.
std::string selected(const data::Column& column, const std::string& name);

/// A value as selected() spells it. What is not of the column's kind (a zero date, a TIME beyond a
/// day) is a text, for the target to refuse. Digits and bytes may live in `scratch`.
data::Cell cell_of(data::Kind kind, std::string_view text, std::string& scratch);

}  // namespace orch::mysql
