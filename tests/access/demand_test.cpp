// What states demand, by the table: every built-in worker has its row.
#include "orchestrator/access/demand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "workers/worker.h"

namespace orch::access {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::string> shown(const std::vector<Demand>& demands) {
  constexpr const char* kinds[] = {"program", "url",    "url_path", "read",
                                   "write",   "bucket", "unknown"};
  std::vector<std::string> all;
  for (const auto& each : demands)
    all.push_back(std::string(kinds[static_cast<std::size_t>(each.kind)]) + " " + each.value +
                  " @ " + each.pointer);
  return all;
}

struct Case {
  const char* resource;
  const char* input;
  std::vector<std::string> demands;
};

TEST(Demand, OfEachWorker) {
  const Case cases[] = {
      {"orch:process", R"({"argv":["sh","-c","id"]})", {"program  @ "}},
      {"orch:process", "null", {"program  @ "}},
      {"orch:http", R"({"url":"http://h/x"})", {"url http://h/x @ /url"}},
      {"orch:http", R"({"connection":"api","path":"/a"})", {"url_path /a @ /path"}},
      {"orch:http", R"({"url.$":"$.url"})", {}},
      {"orch:http", R"({"url":"{% $u %}"})", {}},
      {"orch:notify", R"({"to":{"file":"a.log"},"text":"x"})", {"write a.log @ /to/file"}},
      {"orch:notify", R"({"to":{"argv":["mail"]},"text":"x"})", {"program  @ /to/argv"}},
      {"orch:notify", R"({"to":{"connection":"hook"},"text":"x"})", {}},
      {"orch:catalog",
       R"({"options":{"catalog":"../x.json","report_folder":"/tmp/r"}})",
       {"read ../x.json @ /options/catalog", "write /tmp/r @ /options/report_folder"}},
      {"orch:catalog", R"({"catalog":{"version":1}})", {}},
      {"orch:health", R"({"catalog":"/etc/passwd"})", {"read /etc/passwd @ /catalog"}},
      {"orch:report",
       R"({"settings":{"report_folder":"../../x"}})",
       {"write ../../x @ /settings/report_folder"}},
      {"orch:sql", R"({"connection":"db","sql":"SELECT 1"})", {}},
      {"orch:new", "{}", {"unknown orch:new @ "}},
      {"arn:aws:lambda:us-east-1:1:function:f", R"({"url":"http://h/"})", {}},
  };
  for (const auto& [resource, input, demands] : cases)
    EXPECT_THAT(shown(demands_of(resource, json::parse(input))), ElementsAreArray(demands))
        << resource << " " << input;
}

TEST(Demand, OfBuckets) {
  EXPECT_THAT(shown(bucket_demands(json::parse(R"({"Bucket":"file:/etc","Key":"passwd"})"))),
              ElementsAreArray({"bucket file:/etc @ /Bucket"}));
  EXPECT_THAT(bucket_demands(json::parse(R"({"Bucket.$":"$.b"})")), IsEmpty());
  EXPECT_THAT(shown(demands_of("arn:aws:states:::aws-sdk:s3:putObject",
                               json::parse(R"({"Bucket":"file:/etc","Key":"passwd"})"))),
              ElementsAreArray({"bucket file:/etc @ /Bucket"}));
}

TEST(Demand, KnowsAllThatThereAre) {
  for (const auto& resource : workers::built_in().resources()) {
    for (const auto& demand : demands_of(resource, json::parse("{}")))
      EXPECT_NE(demand.kind, Demand::Kind::unknown_work)
          << resource << " needs a row in demand.cpp: what may clients of the API do with it?";
  }
}

}  // namespace
}  // namespace orch::access
