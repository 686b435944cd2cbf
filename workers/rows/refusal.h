// How a refused value is told.
#pragma once

#include <string>
#include <string_view>

#include "workers/data/cell.h"
#include "workers/data/table.h"
#include "workers/worker.h"

namespace orch::rows {

/// A value for people: its type and at most 80 characters, as valid UTF-8 on one line.
std::string shown(const data::Cell& cell);

/// Why a value that is none of `kind` is refused, to be told after the value and the type.
std::string_view expectation(data::Kind kind);

/// "Type.ValueRefused" (ORCH-0436): `cell` would not come back from the column `place`
/// ("Album.Title") of `type`.
workers::TaskFailed value_refused(const std::string& place, const std::string& type,
                                  const data::Cell& cell, std::string_view why);

}  // namespace orch::rows
