// What the members of a file's objects are as columns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/row.h"
#include "workers/data/table.h"
#include "workers/jsonl/lines.h"

namespace orch::jsonl {

struct Contents {
  std::vector<data::Column> columns;
  std::int64_t rows = 0;
};

/// Reads all rows. Throws TaskFailed "Source.Malformed" for a member whose values are of more than
/// one sort (booleans, numbers, texts, objects and arrays), naming a line of each.
Contents contents_of(const std::vector<std::filesystem::path>& files);

/// The value as a cell of a column of this kind; `scratch` keeps its bytes. Throws TaskFailed
/// "Source.Malformed" when it is none.
data::Cell cell_of(const Lines& line, const data::Column& column, std::string_view json,
                   std::string& scratch);

}  // namespace orch::jsonl
