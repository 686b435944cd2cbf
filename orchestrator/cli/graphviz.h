// Pictures by Graphviz.
#pragma once

#include <string>

namespace orch::cli {

/// Runs `dot -T` with `format`, "svg" or "png", on a graph in the DOT language and returns the
/// picture. Throws Error ORCH-0011 when Graphviz is not installed or refuses the graph.
std::string to_picture(const std::string& dot, const std::string& format);

}  // namespace orch::cli
