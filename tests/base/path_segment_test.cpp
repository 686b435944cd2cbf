#include "orchestrator/base/path_segment.h"

#include <gtest/gtest.h>

namespace orch {
namespace {

TEST(PathSegment, NeverLeadsElsewhere) {
  struct Case {
    std::string name;
    const char* segment;
  };
  const Case cases[] = {
      {"nightly", "nightly"},
      {"2026-11-29 06:00", "2026-11-29 06:00"},
      {"a..b.c", "a..b.c"},
      {"..", "%2E."},
      {".", "%2E"},
      {"../../x", "%2E.%2F..%2Fx"},
      {"/etc/passwd", "%2Fetc%2Fpasswd"},
      {"", "%00"},
      {std::string("a\0b", 3), "a%00b"},
      {"50%", "50%25"},
      {"größe", "größe"},
      {"a\nb", "a%0Ab"},
  };
  for (const auto& [name, segment] : cases) EXPECT_EQ(path_segment(name), segment) << name;
}

}  // namespace
}  // namespace orch
