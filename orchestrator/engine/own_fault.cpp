#include "orchestrator/engine/own_fault.h"

#include "orchestrator/base/describe_exception.h"
#include "workers/worker.h"

namespace orch::engine {

bool may_pass(const Error& error) {
  const auto& code = error.code();
  return code == "ORCH-0209" || code == "ORCH-0210" || code == "ORCH-0211" || code == "ORCH-0004";
}

std::string own_fault() {
  try {
    throw;
  } catch (const SpoiledTurn&) {
    throw;
  } catch (const Error& error) {
    if (may_pass(error)) throw;
    return error.what();
  } catch (...) {
    return describe(std::current_exception());
  }
}

std::exception_ptr as_task_failed(const char* error) noexcept {
  auto given = std::current_exception();
  try {
    throw;
  } catch (const workers::TaskFailed&) {
    return given;
  } catch (...) {
    try {
      return std::make_exception_ptr(workers::TaskFailed::with_cause(error, describe(given)));
    } catch (...) {
      return given;
    }
  }
}

}  // namespace orch::engine
