// What commands leave in the audit log of the store.
#pragma once

#include <string>

#include "orchestrator/cli/command.h"
#include "orchestrator/identity/audit.h"

namespace orch::cli {

identity::AuditLog audit_of(const Context& context);

/// A line for what the user of this process has done. Durable when it returns.
void record(const Context& context, const std::string& action, const std::string& object);

}  // namespace orch::cli
