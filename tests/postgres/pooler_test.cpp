// A pooler in between tells its clients numbers of sessions that are its own.
#include <algorithm>
#include <cctype>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/postgres_proxy.h"

namespace orch {
namespace {

TEST(Pooler, IsToldFromAServer) {
  test::Pair pair;
  std::string version;
  EXPECT_EQ(postgres::ping({pair.server.conninfo(pair.from_name), "from"}, version), "");
  EXPECT_THAT(version, testing::MatchesRegex("PostgreSQL [0-9.]+.*"));
  EXPECT_EQ(version.find("pooler"), std::string::npos);
  // The server's own number arrives as another, as it does where sessions are lent.
  const test::PostgresProxy pooler(pair.server.port(), [](std::string_view field) {
    const bool number = !field.empty() && std::all_of(field.begin(), field.end(), [](char c) {
      return std::isdigit(static_cast<unsigned char>(c)) != 0;
    });
    return number ? "1" + std::string(field) : std::string(field);
  });
  postgres::ping({pooler.conninfo(pair.from_name), "from"}, version);
  EXPECT_THAT(version, testing::EndsWith(", through a pooler"));
}

}  // namespace
}  // namespace orch
