// A definition as nodes, frames and ways: what the DOT and the Mermaid writer have in common.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/asl/definition.h"

namespace orch::asl {

/// Nodes and frames are named by their index, so that no name of a state can break the syntax.
struct Picture {
  struct Way {
    enum class Kind { next, nested, caught };
    std::size_t from;
    std::size_t to;
    Kind kind;
    std::string label;  ///< may be empty
  };
  /// One flow.
  struct Frame {
    std::string label;  ///< "branch 1", "each item"; empty for the whole workflow
    std::size_t start;  ///< node
    std::vector<std::size_t> nodes;
    std::vector<Frame> frames;  ///< of the Parallel and Map states in it
  };

  Frame whole;
  std::vector<const State*> nodes;  ///< of the workflow, which must outlive the picture
  std::vector<Way> ways;
};

Picture picture_of(const Workflow& workflow);

}  // namespace orch::asl
