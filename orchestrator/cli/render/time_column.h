// Instants in a column of a table.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/base/time.h"
#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {

/// True for terminals that have no room for the year, the seconds, and columns that say little.
bool narrow(const Look& look);

/// The zone is in the column's title, unless it was another one then.
class TimeColumn {
 public:
  TimeColumn(std::string_view title, Instant now, const Look& look);
  Column column() const { return {title_}; }
  std::string text(Instant at) const;

 private:
  std::string zone_;
  std::string title_;
  Look look_;
};

}  // namespace orch::cli::render
