// How much of a pipeline goes on at a time, and who goes first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "orchestrator/json/fields.h"

namespace orch::pipeline {

struct Limits {
  std::optional<std::int64_t> runs = {};          ///< most at a time; the others wait
  std::int64_t priority = 0;                      ///< -100 to 100, the larger goes first
  std::map<std::string, std::int64_t> tags = {};  ///< most tasks of its runs at a time, by tag
};

/// The member "limits"; none when it is absent.
Limits read_limits(json::Fields& pipeline);

}  // namespace orch::pipeline
