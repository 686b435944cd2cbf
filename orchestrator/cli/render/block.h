// The parts that pages are made of.
#pragma once

#include <string>

#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {

/// An empty line, and the title.
std::string heading(const char* title, const Look& look);

/// One line of a block: a faint name, and `value` as one_line(), broken over lines under itself.
/// Empty for an empty value.
std::string field(const char* name, const std::string& value, const Look& look,
                  Tone tone = Tone::plain);

}  // namespace orch::cli::render
