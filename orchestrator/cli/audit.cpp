#include "orchestrator/cli/audit.h"

#include <unistd.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/person.h"
#include "orchestrator/identity/role.h"
#include "orchestrator/store/open.h"

namespace orch::cli {

identity::AuditLog audit_of(const Context& context) {
  return identity::AuditLog(identity::audit_file(store::files_of(context.settings.value("store"))));
}

void record(const Context& context, const std::string& action, const std::string& object) {
  const auto user = person();
  audit_of(context).append({wall_now(), user.empty() ? std::to_string(::geteuid()) : user, "owner",
                            "", action, object, "done"});
}

}  // namespace orch::cli
