// What can be asked of alerts: what is open, what was sent, what is silenced.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"

namespace orch::host {

/// alerts.list    {} → {"open": […], "deliveries": […], "silences": […]}
/// alerts.silence {"subject", "rule", "until", "by", "reason"} → {"id", …}; "*" stands for all
/// alerts.unsilence {"id"} → {"removed"}
/// alerts.test    {"channel", "by"} → {"delivery"}: a message of no alert, sent like the others
std::vector<Operation> alert_operations();

}  // namespace orch::host
