// lambda:invoke of functions that bindings name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/worker.h"

namespace orch::bindings {

/// The resources that name their function in the parameters, as patterns.
inline constexpr const char* invoke_resources[] = {"arn:aws:states:::lambda:invoke*",
                                                   "arn:aws:states:::aws-sdk:lambda:invoke*"};

/// True for a pattern of functions' ARNs, "arn:aws:lambda:*:*:function:Load*".
bool names_functions(std::string_view pattern);

/// Whether FunctionName `given` (a name, with or without a qualifier, or an ARN, whole or in part)
/// is a function of `pattern`.
bool is_function_of(std::string_view pattern, std::string_view given, std::string_view qualifier);

/// Who serves one of `invoke_resources`. The workers belong to the registry and outlive all tasks.
struct InvokeTargets {
  using Named = std::pair<std::string, workers::Worker*>;
  std::vector<Named> functions;  ///< by the pattern of their ARNs; they get the payload
  std::vector<Named> bindings;   ///< of the resource itself: whatever is no such function
  workers::Worker* own = nullptr;
};

class Invoke final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override;

  InvokeTargets targets;  ///< set before the first task
};

}  // namespace orch::bindings
