// PostgreSQL's types in our terms.
#pragma once

#include <optional>
#include <string>

#include "workers/data/table.h"

namespace orch::postgres {

/// Fills kind, precision, scale and length of a column from its `native`, as format_type() spells
/// it: "character varying(40)", "numeric(12,2)", "integer[]".
void interpret(data::Column& column);

/// True when the binary form of `native` is the same in every database of these versions: built-in
/// types, their arrays, ranges and multiranges. Others carry oids that differ.
bool portable_binary(const data::TypeText& native);

/// The type that holds every value of a column of another engine; empty when there is none.
std::string native_for(const data::Column& column);

/// SQL that turns a column of type `from` into `to` without loss; empty when the types are the
/// same. Unset when there is no such way.
std::optional<std::string> widened(const data::Column& from, const data::Column& to);

}  // namespace orch::postgres
