#include "orchestrator/identity/peer.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

namespace orch::identity {
namespace {

// Words of the address in the byte order of this machine, as the kernel prints them.
std::optional<std::string> table_form(const End& end) {
  std::array<std::uint32_t, 4> words{};
  if (inet_pton(AF_INET, end.address.c_str(), words.data()) == 1)
    return fmt::format("{:08X}:{:04X}", words[0], end.port);
  if (inet_pton(AF_INET6, end.address.c_str(), words.data()) == 1)
    return fmt::format("{:08X}{:08X}{:08X}{:08X}:{:04X}", words[0], words[1], words[2], words[3],
                       end.port);
  return std::nullopt;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

// A socket for both families tells IPv4 in IPv6; that of the client is one of IPv4.
End plain(End end) {
  constexpr std::string_view mapped = "::ffff:";
  if (end.address.starts_with(mapped) && end.address.find('.') != std::string::npos)
    end.address.erase(0, mapped.size());
  return end;
}

std::optional<uid_t> look_up(const char* table, const std::string& theirs,
                             const std::string& ours) {
  std::ifstream lines(table);
  std::string line;
  std::getline(lines, line);  // names of the columns
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, timeout;
    uid_t user = 0;
    std::uint64_t inode = 0;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    // A socket that its process has closed has no inode, and says that root owned it.
    if (fields && local == theirs && remote == ours && inode != 0) return user;
  }
  return std::nullopt;
}

}  // namespace

std::optional<uid_t> peer_user(const End& their_end, const End& our_end) {
  const auto theirs = plain(their_end), ours = plain(our_end);
  if (!is_loopback(theirs.address)) return std::nullopt;
  const auto their_form = table_form(theirs), our_form = table_form(ours);
  if (!their_form || !our_form) return std::nullopt;
  const bool v6 = theirs.address.find(':') != std::string::npos;
  return look_up(v6 ? "/proc/net/tcp6" : "/proc/net/tcp", *their_form, *our_form);
}

}  // namespace orch::identity
