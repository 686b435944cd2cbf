// The ways a CSV file fails, each with its words in one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workers/files/failures.h"

namespace orch::csv {

using files::malformed;
using files::unreadable;

/// "Source.Malformed": the bytes at `offset` (from 0, in the file) are not text in `encoding`.
workers::TaskFailed not_text(std::string_view file, std::int64_t line, std::int64_t offset,
                             std::string_view bytes, std::string_view encoding);

}  // namespace orch::csv
