// What a plan can say before any row is read: which values of a column its target would refuse.
#pragma once

#include <string>

#include "workers/data/source.h"
#include "workers/data/table.h"

namespace orch::rows {

/// Values of `from` that a column `to` does not take, for people: "fractions, numbers outside
/// -32768 to 32767". Empty: it takes all that `from` can hold, but for what no column of its kind
/// takes (a NUL in PostgreSQL's texts, dates that are none). For rows that travel as cells.
std::string refusable(const data::Column& from, const data::Column& to, const data::Traits& source);

/// What of the values that arrive is not kept: "digits after the 15th". Empty: nothing.
std::string losable(const data::Column& from, const data::Column& to);

}  // namespace orch::rows
