#include "orchestrator/cli/person.h"

#include <unistd.h>

#include "orchestrator/base/user_name.h"

namespace orch::cli {

std::string person() { return user_name(::geteuid()); }

}  // namespace orch::cli
