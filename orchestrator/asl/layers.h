// The states of one flow in layers from the top to the bottom, with few crossings of its ways.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "orchestrator/asl/picture.h"

namespace orch::asl {

struct Layers {
  /// A node, or the place where a way passes a layer.
  struct Slot {
    std::optional<std::size_t> node = {};
    std::vector<std::size_t> up = {}, down = {};  ///< slots that it is tied to
  };
  using Ends = std::pair<std::size_t, std::size_t>;  ///< nodes that a way leads from and to

  std::vector<Slot> slots;
  std::vector<std::vector<std::size_t>> rows;      ///< slots by layer, from the left
  std::map<Ends, std::vector<std::size_t>> bends;  ///< slots that a way passes, the topmost first
  std::set<Ends> back;                             ///< ways to the same or an earlier state: loops
};

Layers layers_of(const Picture::Frame& frame, const std::vector<Picture::Way>& ways);

}  // namespace orch::asl
