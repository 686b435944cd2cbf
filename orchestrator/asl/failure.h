// A workflow error as data.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace orch::asl {

/// `error` is a name such as "States.Timeout"; `cause` is for people. An empty optional of AWS
/// ("no cause given") is an empty text here.
struct Failure {
  std::string error;
  std::string cause;

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// Thrown by expression evaluation and caught in one place, machine/execution.cpp, which turns it
/// into events. Not an orch::Error: the workflow is wrong, not orch.
class EvaluationError : public std::exception {
 public:
  /// `location`: the field whose JSONata expression failed, as in "Output/total".
  explicit EvaluationError(Failure failure, std::string location = {})
      : failure_(std::move(failure)), location_(std::move(location)) {}
  const Failure& failure() const noexcept { return failure_; }
  const std::string& location() const noexcept { return location_; }
  const char* what() const noexcept override { return failure_.cause.c_str(); }

 private:
  Failure failure_;
  std::string location_;
};

}  // namespace orch::asl
