// What a service tells the service manager that started it (systemd, sd_notify(3)).
#pragma once

#include <optional>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::service_manager {

/// Sends "READY=1", "STOPPING=1", "WATCHDOG=1", … to the socket that NOTIFY_SOCKET names. False:
/// there is none, or it does not listen. Thread-safe.
bool tell(std::string_view state);

/// Within which time the manager wants to hear "WATCHDOG=1" again; unset: it does not.
std::optional<Millis> watchdog_interval();

}  // namespace orch::service_manager
