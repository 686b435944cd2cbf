// What is done with runs that are kept no longer: retention.plan, retention.run.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"

namespace orch::host {

/// Parameters of both, all optional, for pipelines and workflows without limits of their own:
///   {"days":N,"runs":N,"failure_days":N}, and of retention.run "export": a folder, and "limit".
/// retention.plan →
/// {"kept":N,"expired":N,"bytes":N,"of":[{"name","kept","expired","oldest","why"}]} retention.run
/// → {"removed":N,"needed":N,"more":BOOL}: at most `limit` runs (100) at once;
///                  `needed` are those that stay because something under way needs them.
std::vector<Operation> retention_operations();

}  // namespace orch::host
