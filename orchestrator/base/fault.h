// Named points at which a test can make the process die or fail. Always compiled in: the
// environment variable ORCH_FAULT is read once, and an inactive point costs one load.
//
// ORCH_FAULT=name:n:kill   SIGKILL to this process at the n-th pass of the point
// ORCH_FAULT=name:n:stop   SIGSTOP: the process sleeps until somebody sends SIGCONT
// ORCH_FAULT=name:n:throw  Error ORCH-0004 at the n-th pass: trouble of the store that may pass
// ORCH_FAULT=name:n:refuse Error ORCH-0217: the store refuses for good
// ORCH_FAULT=name:n:error  std::runtime_error
// ORCH_FAULT=name:n:memory std::bad_alloc
// Several rules are separated by commas.
#pragma once

#include <atomic>

namespace orch::fault {

namespace detail {
extern const bool active;
void pass(const char* name);
}  // namespace detail

/// How many rules have come true in this process.
int injected();

/// Passes the point `name`, a literal such as "engine.before_commit".
inline void point(const char* name) {
  if (detail::active) detail::pass(name);
}

}  // namespace orch::fault
