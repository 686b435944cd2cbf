#include "orchestrator/json/locations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orch::json {
namespace {

using testing::ElementsAre;

std::vector<std::pair<int, int>> places(std::string_view text,
                                        const std::vector<std::string>& pointers) {
  std::vector<std::pair<int, int>> found;
  for (const auto& place : locate(text, pointers)) found.emplace_back(place.line, place.column);
  return found;
}

constexpr std::string_view text = R"({
  "a": [10, {"b": "]}\""}, [
    true, null]],
  "a/b~c": {"é": {}, "x": -1.5e3}
})";

TEST(Locations, OfMembersAndElementsInTheOrderOfThePointers) {
  EXPECT_THAT(places(text, {"/a~1b~0c/x", "", "/a/2/1", "/a/1/b", "/a/0", "/a~1b~0c"}),
              ElementsAre(std::pair(4, 23), std::pair(1, 1), std::pair(3, 11), std::pair(2, 14),
                          std::pair(2, 9), std::pair(4, 3)));
}

TEST(Locations, OfTheNearestAncestorOfWhatIsNotThere) {
  EXPECT_THAT(places(text, {"/a/7", "/a/0/z", "/nope/deeper", "/a/1/b", "/a/1/c/d"}),
              ElementsAre(std::pair(2, 3), std::pair(2, 9), std::pair(1, 1), std::pair(2, 14),
                          std::pair(2, 13)));
}

TEST(Locations, OfTheSamePlaceTwice) {
  EXPECT_THAT(places(text, {"/a", "/a"}), ElementsAre(std::pair(2, 3), std::pair(2, 3)));
}

TEST(Locations, OfManyInOnePass) {
  std::string many = "{";
  std::vector<std::string> pointers;
  for (int i = 0; i < 100'000; ++i) {
    many += (i ? ",\n\"k" : "\n\"k") + std::to_string(i) + "\":[1]";
    pointers.push_back("/k" + std::to_string(i) + "/0");
  }
  many += "}";
  const auto found = locate(many, pointers);
  EXPECT_EQ(found.back().line, 100'001);
  EXPECT_EQ(found.front().column, 7);
}

}  // namespace
}  // namespace orch::json
