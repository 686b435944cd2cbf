// The ways a CSV file fails, each with its words in one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workers/worker.h"

namespace orch::csv {

/// "Source.Malformed": `file` at `line` (from 1) holds `found` where `expected` should be.
workers::TaskFailed malformed(std::string_view file, std::int64_t line, std::string_view found,
                              std::string_view expected, std::string hint = {});

/// "Source.Malformed": the bytes at `offset` (from 0, in the file) are not text in `encoding`.
workers::TaskFailed not_text(std::string_view file, std::int64_t line, std::int64_t offset,
                             std::string_view bytes, std::string_view encoding);

/// "Source.Failed": the operating system refused; `error` is its errno.
workers::TaskFailed unreadable(std::string_view file, int error);

}  // namespace orch::csv
