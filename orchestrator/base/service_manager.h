// What a service and the service manager that started it tell each other (systemd, sd_notify(3)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::service_manager {

/// Sends "READY=1", "STOPPING=1", "WATCHDOG=1", … to the socket that NOTIFY_SOCKET names. False:
/// there is none, or it does not listen. Thread-safe.
bool tell(std::string_view state);

/// Within which time the manager wants to hear "WATCHDOG=1" again; unset: it does not.
std::optional<Millis> watchdog_interval();

/// A socket that listens, and where.
struct Listening {
  int descriptor = -1;
  std::string address;  ///< numeric
  std::uint16_t port = 0;
};

/// The TCP socket that the manager listens on for this service (LISTEN_FDS, sd_listen_fds(3));
/// unset: there is none. Children do not inherit it. Throws Error ORCH-0012 for several sockets,
/// and for one of another kind. Call once, before there are other threads.
std::optional<Listening> take_listening_socket();

}  // namespace orch::service_manager
