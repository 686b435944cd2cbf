// An object that an endpoint sends in parts, of whatever size it likes.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/http_server.h"
#include "workers/map_items/items.h"
#include "workers/worker.h"

namespace orch::map_items {
namespace {

std::string part(const std::string& body, const std::string& range) {
  const auto header = range.empty() ? "" : "Content-Range: bytes " + range + "\r\n";
  return test::answer("206 Partial Content", body, "ETag: \"1\"\r\n" + header);
}

/// The items of a JSON object that comes in these answers, or what was thrown.
std::string items_of(std::vector<std::string> answers) {
  test::HttpServer server(std::move(answers));
  ::setenv("ORCH_S3_ENDPOINT", server.url().c_str(), 1);
  const boost::json::object plan{{"resource", "arn:aws:states:::s3:getObject"},
                                 {"format", "JSON"},
                                 {"delimiter", ","},
                                 {"arguments", {{"Bucket", "b"}, {"Key", "k.json"}}}};
  std::string all;
  try {
    const auto items = make_outside()->items(execution::item_reader_from_json(plan), nullptr,
                                             [] { return false; });
    while (auto item = items->next()) all += *item + ' ';
  } catch (const workers::TaskFailed& failure) {
    all = failure.cause();
  }
  ::unsetenv("ORCH_S3_ENDPOINT");
  return all;
}

TEST(S3Items, PartsThatAreShorterThanAskedForAreNoEnd) {
  EXPECT_EQ(items_of({part("[1,2,3", "0-5/12"), part(",4,56]", "6-11/12")}), "1 2 3 4 56 ");
  EXPECT_EQ(items_of({test::answer("200 OK", "[1,2]")}), "1 2 ");
}

TEST(S3Items, AnObjectThatEndsBeforeItsEndIsRefused) {
  EXPECT_THAT(items_of({part("[1,2,3", "0-5/12"), part("", "6-11/12")}),
              ::testing::HasSubstr("k.json ends at byte 6"));
  EXPECT_THAT(items_of({part("[1,2]", "")}), ::testing::HasSubstr("has no length"));
  EXPECT_THAT(items_of({part("[1,2]", "0-4/*")}), ::testing::HasSubstr("0-4/*"));
  EXPECT_THAT(items_of({part("[1,2,", "0-3/12")}), ::testing::HasSubstr("its part at byte 4"));
}

TEST(S3Items, APartOfAnotherPlaceOrObjectIsRefused) {
  const auto first = part("[1,2,3", "0-5/12");
  EXPECT_THAT(items_of({first, part("[1,2,3", "0-5/12")}),
              ::testing::HasSubstr("continues at byte 0 of 12, expected byte 6 of 12"));
  EXPECT_THAT(items_of({first, part(",4]", "6-8/9")}),
              ::testing::HasSubstr("continues at byte 6 of 9, expected byte 6 of 12"));
  EXPECT_THAT(items_of({first, test::answer("200 OK", "[1,2,3,4,56]")}),
              ::testing::HasSubstr("is not given from byte 6 on: status 200"));
  EXPECT_THAT(items_of({first, test::answer("416 Range", "")}), ::testing::HasSubstr("status 416"));
}

TEST(S3Items, AnEmptyObjectHasNoRange) {
  EXPECT_THAT(items_of({test::answer("416 Range", "")}), ::testing::HasSubstr("k.json"));
}

}  // namespace
}  // namespace orch::map_items
