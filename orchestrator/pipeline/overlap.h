// What becomes of a fire while a run of the pipeline is under way.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "orchestrator/json/fields.h"

namespace orch::pipeline {

enum class Overlap : std::uint8_t {
  skip,       ///< it is left out
  queue_one,  ///< it waits for the end of the run; a later one takes the place of one that waits
  queue_all,  ///< it waits, and all of them run one after the other
  cancel_running,  ///< the run is stopped
  allow,           ///< both run
};

std::string_view to_string(Overlap overlap);

/// The member "overlap"; skip when it is absent.
Overlap read_overlap(json::Fields& pipeline);

}  // namespace orch::pipeline
