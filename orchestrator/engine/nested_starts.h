// What starts executions for tasks: the seam to who knows the state machines.
#pragma once

#include <functional>

#include <boost/json/value.hpp>

#include "orchestrator/engine/engine.h"

namespace orch::engine {

class NestedStarts {
 public:
  /// Starts the execution in the turn under way; throws Error ORCH-0202 when its name is taken.
  using Start = std::function<Submitted(const Submission&)>;

  virtual ~NestedStarts() = default;

  /// Reads what a task of states:startExecution asks for, starts it, and returns what the task is
  /// told of it. Called on the engine's thread: must be quick, and knows nothing that is not
  /// committed. Throws TaskFailed when nothing was started.
  virtual boost::json::value start(const boost::json::value& parameters, const Start& start) = 0;
};

}  // namespace orch::engine
