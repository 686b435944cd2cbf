// MySQL's types: what they mean, and how their values are selected and read.
#pragma once

#include <string>

#include "workers/data/table.h"

namespace orch::mysql {

/// Sets kind, precision, scale and length of a column by its `native` type as COLUMN_TYPE of
/// information_schema spells it: "int(10) unsigned", "decimal(12,2)", "enum('a','b')".
/// `characters` is CHARACTER_MAXIMUM_LENGTH, or 0.
void interpret(data::Column& column, std::int64_t characters);

/// SQL that selects `name`, a quoted column, in a spelling that loses nothing: floats as doubles,
/// bits as numbers, shapes as well-known text. rows::cell_of() reads it.
std::string selected(const data::Column& column, const std::string& name);

}  // namespace orch::mysql
