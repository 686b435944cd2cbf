// Which addresses are this machine's, a private network's, a cloud's: the ways to write them too.
#include "orchestrator/access/address.h"

#include <gtest/gtest.h>

namespace orch::access {
namespace {

struct Case {
  const char* address;
  AddressKind kind;
};

constexpr auto global = AddressKind::global;
constexpr auto private_use = AddressKind::private_use;
constexpr auto loopback = AddressKind::loopback;
constexpr auto link_local = AddressKind::link_local;

constexpr Case addresses[] = {
    {"8.8.8.8", global},
    {"1.1.1.1", global},
    {"2606:4700:4700::1111", global},
    {"172.15.255.255", global},
    {"172.32.0.0", global},
    {"127.0.0.1", loopback},
    {"127.255.0.9", loopback},
    {"0.0.0.0", loopback},
    {"::1", loopback},
    {"::", loopback},
    {"::ffff:127.0.0.1", loopback},
    {"::ffff:7f00:1", loopback},
    {"::127.0.0.1", loopback},
    {"64:ff9b::7f00:1", loopback},
    {"2002:7f00:1::", loopback},
    {"169.254.169.254", link_local},
    {"169.254.0.1", link_local},
    {"::ffff:169.254.169.254", link_local},
    {"64:ff9b::a9fe:a9fe", link_local},
    {"2002:a9fe:a9fe::1", link_local},
    {"fe80::1", link_local},
    {"fe80::1%lo", link_local},
    {"febf::1", link_local},
    {"fd00:ec2::254", link_local},
    {"100.100.100.200", link_local},
    {"168.63.129.16", link_local},
    {"10.0.0.1", private_use},
    {"172.16.0.1", private_use},
    {"172.31.255.255", private_use},
    {"192.168.1.1", private_use},
    {"100.64.0.1", private_use},
    {"198.18.0.1", private_use},
    {"224.0.0.1", private_use},
    {"255.255.255.255", private_use},
    {"fc00::1", private_use},
    {"fd12:3456::1", private_use},
    {"ff02::1", private_use},
    {"::ffff:10.0.0.1", private_use},
    {"no address", private_use},
};

TEST(Address, Kinds) {
  for (const auto& [address, kind] : addresses)
    EXPECT_EQ(kind_of_address(address), kind)
        << address << " is " << describe(kind_of_address(address));
}

TEST(Address, HostsWithoutAskingDns) {
  constexpr Case hosts[] = {
      {"example.com", global},    {"localhost", loopback},         {"LOCALHOST.", loopback},
      {"db.localhost", loopback}, {"localhost.com", global},       {"10.1.2.3", private_use},
      {"::1", loopback},          {"169.254.169.254", link_local},
  };
  for (const auto& [host, kind] : hosts) EXPECT_EQ(kind_of_host(host), kind) << host;
}

}  // namespace
}  // namespace orch::access
