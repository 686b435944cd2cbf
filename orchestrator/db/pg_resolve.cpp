#include "orchestrator/db/pg_resolve.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include "orchestrator/db/pg_detached.h"

namespace orch::pg {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// The value of a keyword; empty when it is not given.
std::string value_of(const PQconninfoOption* options, std::string_view keyword) {
  for (const auto* option = options; option->keyword; ++option)
    if (option->keyword == keyword && option->val) return option->val;
  return {};
}

bool is_numeric(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

/// A folder of sockets, or nothing, which libpq takes for one.
bool is_socket(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@';
}

/// Hosts, addresses and ports side by side, as libpq takes them.
struct Hosts {
  std::vector<std::string> names, addresses, ports;

  void add(const std::string& name, std::string address, const std::string& port) {
    names.push_back(name);
    addresses.push_back(std::move(address));
    ports.push_back(port);
  }
  std::string keywords() const {
    auto text =
        fmt::format(" host='{}' hostaddr='{}'", fmt::join(names, ","), fmt::join(addresses, ","));
    if (std::any_of(ports.begin(), ports.end(), [](const auto& port) { return !port.empty(); }))
      text += fmt::format(" port='{}'", fmt::join(ports, ","));
    return text;
  }
};

[[noreturn]] void no_address(const std::string& host, const std::string& reason) {
  throw Error(fmt::format("the name \"{}\" has no address: {}", host, reason), "08001");
}

}  // namespace

Addresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &raw); code != 0)
    return {{}, gai_strerror(code)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(raw, freeaddrinfo);
  Addresses found;
  for (const auto* each = raw; each; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text;
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0)
      found.numbers.emplace_back(text.data());
  }
  return found;
}

std::string with_addresses(const std::string& conninfo,
                           std::optional<std::chrono::milliseconds> limit, const Stop& stop,
                           const Lookup& lookup) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), PQconninfoFree);
  if (!options || !value_of(options.get(), "hostaddr").empty()) return conninfo;
  const auto names = split(value_of(options.get(), "host"));
  const auto named = [](const std::string& host) { return !is_socket(host) && !is_numeric(host); };
  if (std::none_of(names.begin(), names.end(), named)) return conninfo;
  auto ports = split(value_of(options.get(), "port"));
  if (ports.size() == 1) ports.resize(names.size(), ports.front());
  if (ports.size() != names.size()) return conninfo;  // libpq says what is wrong
  Hosts hosts;
  std::string reason;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!named(names[i])) {
      hosts.add(names[i], is_socket(names[i]) ? "" : names[i], ports[i]);
      continue;
    }
    const auto found =
        detached<Addresses>([lookup, host = names[i]] { return lookup(host); }, limit, stop);
    if (!found || found->numbers.empty())
      reason = found ? found->reason : std::string("the look-up takes too long");
    else
      for (const auto& number : found->numbers) hosts.add(names[i], number, ports[i]);
  }
  if (hosts.names.empty()) no_address(names.front(), reason);
  return conninfo + hosts.keywords();
}

}  // namespace orch::pg
