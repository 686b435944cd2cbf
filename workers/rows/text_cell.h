// Values that a server has spelled in text.
#pragma once

#include <string>
#include <string_view>

#include "workers/data/cell.h"
#include "workers/data/table.h"

namespace orch::rows {

/// The value as a cell of a column's kind. A timestamptz may lack its zone, which is UTC then. What
/// is not of the kind (a zero date, a time beyond a day) is a text, for the target to refuse.
/// Digits and bytes may live in `scratch`, of which `text` is no part.
data::Cell cell_of(data::Kind kind, std::string_view text, std::string& scratch);

}  // namespace orch::rows
