#include "orchestrator/base/secret.h"

#include <set>

#include <gtest/gtest.h>

namespace orch {
namespace {

TEST(Secret, AreComparedAtAnyLength) {
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("bbc", "abc"));
  EXPECT_FALSE(same_secret("abc", "ab"));
  EXPECT_FALSE(same_secret("", "a"));
}

TEST(Secret, NeverRepeat) {
  SecretSource one, other;
  std::set<Secret> seen;
  // More than one block of the source's.
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_TRUE(seen.insert(one.next()).second);
    EXPECT_TRUE(seen.insert(other.next()).second);
    EXPECT_NE(one.next_bits(), other.next_bits());
  }
}

}  // namespace
}  // namespace orch
