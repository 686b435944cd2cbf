// Names of the users of this machine.
#pragma once

#include <string>
#include <sys/types.h>

namespace orch {

/// The name of a user id on this machine; empty when it has none.
std::string user_name(uid_t user);

}  // namespace orch
