// Where a worker's exceptions end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workers/worker.h"

namespace orch::workers {

/// How one delivery of a task ended.
struct Outcome {
  enum class Kind : std::uint8_t {
    done,
    failed,
    waits,   ///< for `names`; to be delivered again when they are free
    held,    ///< has not begun: TaskContext::admit() keeps it waiting
    stopped  ///< without a result, because that was asked for
  } kind = Kind::stopped;
  std::string output;                   ///< done: JSON text
  std::string error;                    ///< failed: its name
  std::string cause;                    ///< failed
  std::vector<std::string> names = {};  ///< waits
};

/// Does `task`, whose input is the JSON text `input`, with the worker that serves its resource.
/// Blocks. Throws nothing: a resource that no worker serves is a failure too.
Outcome perform(const Registry& registry, Task& task, std::string input, TaskContext& context);

}  // namespace orch::workers
