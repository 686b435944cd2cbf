// Instants in a column of a table.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/base/time.h"
#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {

/// True for a terminal of fewer columns.
bool narrower_than(std::size_t columns, const Look& look);

/// The zone is in the column's title, unless it was another one then. `narrow`: without the year
/// and the seconds.
class TimeColumn {
 public:
  TimeColumn(std::string_view title, Instant now, bool narrow, const Look& look);
  Column column() const { return {title_}; }
  std::string text(Instant at) const;

 private:
  std::string zone_;
  std::string title_;
  bool narrow_;
  Look look_;
};

}  // namespace orch::cli::render
