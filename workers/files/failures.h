// The ways a file of rows fails, each with its words in one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workers/worker.h"

namespace orch::files {

/// "Source.Malformed": `file` at `line` (from 1) holds `found` where `expected` should be.
workers::TaskFailed malformed(std::string_view file, std::int64_t line, std::string_view found,
                              std::string_view expected, std::string hint = {});

/// "Source.Malformed": what is packed in `file` cannot be unpacked.
workers::TaskFailed broken_pack(std::string_view file, std::string_view why);

/// "Source.Failed": the operating system refused; `error` is its errno.
workers::TaskFailed unreadable(std::string_view file, int error);

/// "Source.Changed": the file is not what it was when its reading began.
workers::TaskFailed changed(std::string_view file);

/// "Source.Unsupported": the connection shown as `display` does not know `what`.
workers::TaskFailed unsupported(const std::string& display, const std::string& what,
                                const std::string& hint);

/// "Source.TableMissing": no table has this name; `ending` is the usual one of its files.
workers::TaskFailed missing_table(const std::string& name, const std::string& why,
                                  std::string_view ending);

/// "Source.ColumnMissing": `table` has no column `name`; `names` are those it has.
workers::TaskFailed no_column(const std::string& display, const std::string& name,
                              const std::string& table, const std::vector<std::string>& names);

}  // namespace orch::files
