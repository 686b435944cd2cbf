// Pictures by Graphviz.
#pragma once

#include <string>

namespace orch::cli {

/// Runs `dot -Tsvg` on a graph in the DOT language and returns the SVG. Throws Error ORCH-0011 when
/// Graphviz is not installed or refuses the graph.
std::string to_svg(const std::string& dot);

}  // namespace orch::cli
