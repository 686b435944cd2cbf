// How a refused value is told.
#pragma once

#include <string>
#include <string_view>

#include "workers/data/row.h"
#include "workers/worker.h"

namespace orch::rows {

/// A value for people: its storage class and at most 80 characters, as valid UTF-8 on one line.
std::string shown(const data::Cell& cell);

/// "Type.ValueRefused" (ORCH-0436): `cell` would not come back from the column `place`
/// ("Album.Title") of `type`.
workers::TaskFailed value_refused(const std::string& place, const std::string& type,
                                  const data::Cell& cell, std::string_view why);

}  // namespace orch::rows
