#include "orchestrator/base/service_manager.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::service_manager {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

/// Of systemd.
constexpr int first_passed_on = 3;

bool listens(int descriptor) {
  int type = 0;
  int accepts = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return false;
  size = sizeof accepts;
  return type == SOCK_STREAM &&
         ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0 && accepts != 0;
}

Listening listening(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  auto* const general = reinterpret_cast<sockaddr*>(&address);  // NOLINT
  const bool known = listens(descriptor) && ::getsockname(descriptor, general, &size) == 0 &&
                     (address.ss_family == AF_INET || address.ss_family == AF_INET6) &&
                     ::getnameinfo(general, size, host.data(), host.size(), port.data(),
                                   port.size(), NI_NUMERICHOST | NI_NUMERICSERV) == 0;
  if (!known)
    throw Error("ORCH-0012",
                "the socket that the service manager passes on is not a TCP socket that listens",
                "ListenStream=ADDRESS:PORT in the socket unit makes one");
  return {descriptor, host.data(), static_cast<std::uint16_t>(number(port.data()).value_or(0))};
}

}  // namespace

bool tell(std::string_view state) {
  const auto path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path.size() < 2 || path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // of the abstract namespace
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), length);
  ::close(socket);
  return sent == static_cast<ssize_t>(state.size());
}

std::optional<Millis> watchdog_interval() {
  const auto process = number(variable("WATCHDOG_PID"));
  const auto micros = number(variable("WATCHDOG_USEC"));
  if (!micros || (process && *process != ::getpid())) return std::nullopt;
  return Millis{*micros / 1'000};
}

std::optional<Listening> take_listening_socket() {
  const auto process = number(variable("LISTEN_PID"));
  const auto count = number(variable("LISTEN_FDS"));
  if (!count || process != ::getpid()) return std::nullopt;
  for (const auto* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  if (*count != 1)
    throw Error("ORCH-0012",
                fmt::format("the service manager passes on {} sockets, expected 1", *count),
                "leave one ListenStream= in the socket unit");
  ::fcntl(first_passed_on, F_SETFD, FD_CLOEXEC);
  return listening(first_passed_on);
}

}  // namespace orch::service_manager
