// Where the nodes, frames and ways of a picture lie: layers from the top to the bottom, without any
// program outside.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/asl/picture.h"

namespace orch::asl {

/// All lengths are pixels of a drawing at its natural size; x and y of a box are its upper left
/// corner.
struct Layout {
  struct Point {
    double x = 0, y = 0;
  };
  struct Box {
    double x = 0, y = 0, width = 0, height = 0;
  };
  struct Frame {
    std::string label;
    std::size_t owner = 0;  ///< the node of the Map or Parallel state
    Box box;
  };

  double width = 0;
  double height = 0;
  std::vector<Box> nodes;     ///< by their index in the picture
  std::vector<Frame> frames;  ///< outer ones before those in them
  /// By their index in the picture: from the edge of one node to that of the other.
  std::vector<std::vector<Point>> ways;
};

/// The same picture gives the same layout.
Layout layout_of(const Picture& picture);

}  // namespace orch::asl
