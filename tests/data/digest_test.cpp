#include "workers/data/digest.h"

#include <gtest/gtest.h>

namespace orch::data {
namespace {

Digest of(std::initializer_list<std::string_view> rows) {
  Digest digest;
  for (const auto row : rows) digest.add(row);
  return digest;
}

TEST(Digest, DoesNotDependOnTheOrderButOnEveryRow) {
  EXPECT_EQ(of({"a", "b", "c"}), of({"c", "a", "b"}));
  EXPECT_NE(of({"a", "b"}), of({"a", "c"}));
  EXPECT_NE(of({"a"}), of({"a", "a"}));
  EXPECT_NE(of({"a", "a"}), of({"b", "b"}));
  EXPECT_NE(of({"ab", ""}), of({"a", "b"}));
}

TEST(Digest, PartsAddUp) {
  auto sum = of({"a", "b"});
  sum += of({"c"});
  EXPECT_EQ(sum, of({"a", "b", "c"}));
}

TEST(Digest, HexIsReadBack) {
  const auto digest = of({"a", "b"});
  EXPECT_EQ(Digest::from(2, digest.hex()), digest);
  EXPECT_EQ(Digest{}.hex(), std::string(32, '0'));
  EXPECT_FALSE(Digest::from(2, "12").has_value());
  EXPECT_FALSE(Digest::from(2, std::string(32, 'g')).has_value());
}

}  // namespace
}  // namespace orch::data
