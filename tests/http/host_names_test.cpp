// Which requests a server takes for its own.
#include "orchestrator/http/host_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"

namespace orch::http {
namespace {

constexpr unsigned good = 0;

struct Case {
  const char* host;
  const char* origin;  ///< null: none
  unsigned status;
};

unsigned status_of(const HostNames& names, Addressed request) {
  const auto refused = names.refuse(request);
  if (refused) {
    EXPECT_FALSE(refused->message.empty());
  }
  return refused ? refused->status : good;
}

TEST(HostNames, OfALoopbackServer) {
  constexpr Case cases[] = {
      {"127.0.0.1:8083", nullptr, good},
      {"localhost:8083", nullptr, good},
      {"LocalHost.:8083", nullptr, good},
      {"sync-localhost:8083", nullptr, good},
      {"sync-127.0.0.1:8083", nullptr, good},
      {"127.0.0.2:8083", nullptr, good},
      {"[::1]:8083", nullptr, good},
      {"sfn.example.com", nullptr, good},
      {"sfn.example.com:443", nullptr, good},
      {"sync-sfn.example.com", nullptr, good},
      {"localhost:9000", nullptr, good},
      {"", nullptr, 421},
      {"localhost", nullptr, 421},
      {"127.0.0.1:8084", nullptr, 421},
      {"127.0.0.1:08083", nullptr, 421},
      {"evil.example.net:8083", nullptr, 421},
      {"localhost.evil.net:8083", nullptr, 421},
      {"127.0.0.1.evil.net:8083", nullptr, 421},
      {"192.168.1.7:8083", nullptr, 421},
      {"sfn.example.com.evil.net", nullptr, 421},
      {"sync-sync-localhost:8083", nullptr, 421},
      {"a@localhost:8083", nullptr, 421},
      {"localhost:8083:8083", nullptr, 421},
      {"[::1", nullptr, 421},
      {"127.0.0.1:8083", "http://127.0.0.1:8083", good},
      {"127.0.0.1:8083", "http://localhost:8083", good},
      {"127.0.0.1:8083", "https://sfn.example.com", good},
      {"127.0.0.1:8083", "http://localhost:3000", 403},
      {"127.0.0.1:8083", "https://evil.example.net", 403},
      {"127.0.0.1:8083", "null", 403},
      {"127.0.0.1:8083", "", 403},
      {"127.0.0.1:8083", "file://", 403},
  };
  const HostNames names({"sfn.example.com", "localhost:9000"});
  for (const auto& [host, origin, status] : cases) {
    Addressed request{host, std::nullopt, "", "127.0.0.1", 8083, false};
    if (origin) request.origin = origin;
    EXPECT_EQ(status_of(names, request), status)
        << host << " from " << (origin ? origin : "nobody");
  }
}

TEST(HostNames, OfAnAddressOnTheNetwork) {
  const HostNames names({});
  const auto status = [&](const char* host, const char* local, bool encrypted) {
    return status_of(names, {host, std::nullopt, "", local, 443, encrypted});
  };
  EXPECT_EQ(status("192.168.1.7", "192.168.1.7", true), good);
  EXPECT_EQ(status("192.168.1.7", "::ffff:192.168.1.7", true), good);
  EXPECT_EQ(status("[2001:db8::7]", "2001:db8:0::7", true), good);
  EXPECT_EQ(status("192.168.1.8", "192.168.1.7", true), 421U);
  EXPECT_EQ(status("127.0.0.1", "192.168.1.7", true), 421U);
  EXPECT_EQ(status("host.example.com", "192.168.1.7", true), 421U);
  EXPECT_EQ(status("192.168.1.7", "192.168.1.7", false), 421U) << "port 80 is meant";
}

TEST(HostNames, BothPlacesOfAProxysRequest) {
  const HostNames names({});
  const auto status = [&](const char* host, const char* authority) {
    return status_of(names, {host, std::nullopt, authority, "127.0.0.1", 8083, false});
  };
  EXPECT_EQ(status("sync-127.0.0.1:8083", "sync-127.0.0.1:8083"), good);
  EXPECT_EQ(status("127.0.0.1:8083", "evil.example.net:8083"), 421U);
}

TEST(HostNames, RefusesWhatIsNoName) {
  for (const char* name : {"[::1", "host:port", ":8083"}) {
    try {
      HostNames({name});
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0001");
    }
  }
}

}  // namespace
}  // namespace orch::http
