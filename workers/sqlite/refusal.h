// How a refused value is told.
#pragma once

#include <string>
#include <string_view>

#include "workers/data/row.h"
#include "workers/sqlite/encoder.h"
#include "workers/worker.h"

namespace orch::sqlite {

/// A value for people: its storage class and at most 80 characters, as valid UTF-8.
std::string shown(const data::Cell& cell);

/// "Type.ValueRefused": `cell` would not come back from the column of `rule`.
workers::TaskFailed value_refused(const ColumnRule& rule, const data::Cell& cell,
                                  std::string_view why);

}  // namespace orch::sqlite
