// Tasks whose end a worker may bring forward.
#pragma once

namespace orch::workers {

/// What the TaskContext of a task is too when its resource leaves the result to the holder of a
/// token, or to an execution that it starts.
class Completable {
 public:
  virtual ~Completable() = default;
  /// What run() returns is the task's result.
  virtual void complete() = 0;
};

}  // namespace orch::workers
