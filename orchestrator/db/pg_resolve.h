// Names of hosts, looked up where a stop and a time limit reach. Internal to the module.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// What the look-up of a host found: numeric addresses, or why there are none.
struct Addresses {
  std::vector<std::string> numbers;
  std::string reason;
};
using Lookup = std::function<Addresses(const std::string& host)>;

/// getaddrinfo() for TCP.
Addresses look_up(const std::string& host);

/// `conninfo` with the addresses of its hosts, so that libpq, which waits for DNS deaf and without
/// an end, looks up none. Left as it is when `hostaddr` is given or no host is (a service file may
/// name one). Throws Stopped, and Error "08001" when no host has an address or none came within
/// `limit`.
std::string with_addresses(const std::string& conninfo,
                           std::optional<std::chrono::milliseconds> limit, const Stop& stop,
                           const Lookup& lookup = look_up);

}  // namespace orch::pg
