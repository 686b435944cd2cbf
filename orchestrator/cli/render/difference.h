// How two texts differ, line by line.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {

/// The lines of a shortest edit from `before` to `after`: "- " and "+ " before those that go and
/// come, "  " before up to two lines around them, "…" where more stay. Indented by two; empty when
/// the texts are equal.
std::string difference(std::string_view before, std::string_view after, const Look& look);

}  // namespace orch::cli::render
