// A simple execution beside runs that evaluate, copy or fan out as much as they may.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/child.h"

namespace orch::bench {

struct Bomb {
  std::string name;
  std::string definition;
  std::function<std::string()> input;  ///< made when its case runs: others do not have it in memory
};

/// Long evaluations within the limits and beyond them, arrays that double, an inline Map of
/// 1,000,000 items, large payloads.
std::vector<Bomb> bombs();

/// Times `rounds` simple executions (a no-op task), from submission to end, alone and then beside
/// two runs of the bomb at a time: "alone_p99_ms", "p50_ms", "p99_ms", "longest_ms", and how many
/// bombs have ended meanwhile ("ended").
Figures beside_bombs(const std::filesystem::path& folder, const Bomb& bomb, int rounds);

}  // namespace orch::bench
