#include "orchestrator/access/grants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"

namespace orch::access {
namespace {

using ::testing::HasSubstr;

TEST(Grants, AreWords) {
  const auto grants = parse_grants(
      {"process", "url:https://API.example.com/v1", "folder:/data/in/../out"}, "--allow");
  EXPECT_TRUE(grants.process);
  EXPECT_FALSE(grants.urls);
  ASSERT_EQ(grants.below.size(), 1U);
  EXPECT_EQ(grants.below.front().host, "api.example.com");
  EXPECT_EQ(grants.below.front().port, "443");
  ASSERT_EQ(grants.folders.size(), 1U);
  EXPECT_EQ(grants.folders.front(), "/data/out");
  EXPECT_TRUE(grants.any());
}

TEST(Grants, NothingIsGrantedUnsaid) {
  EXPECT_FALSE(parse_grants({}, "default").any());
  EXPECT_FALSE(parse_grants({"without-keys"}, "--allow").any());
}

TEST(Grants, PrivateUrlsAreUrlsToo) {
  const auto grants = parse_grants({"private-urls"}, "--allow");
  EXPECT_TRUE(grants.urls);
  EXPECT_TRUE(grants.private_urls);
}

TEST(Grants, RefuseWhatTheyDoNotKnow) {
  struct Case {
    const char* words;
    const char* message;
  };
  constexpr Case cases[] = {
      {"proces",
       R"(allow (from ORCH_ALLOW) has "proces": there is no such word; did you mean "process"?)"},
      {"folder:", "folder:"},
      {"url:ftp://host/", "expected an http or https URL"},
      {"url:https://user@host/", "expected an http or https URL"},
      {"url:https://host/a/../b", "expected an http or https URL"},
      {"all", R"("all")"},
  };
  for (const auto& [words, message] : cases) {
    try {
      parse_grants({words}, "ORCH_ALLOW");
      ADD_FAILURE() << words << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0016") << words;
      EXPECT_THAT(error.what(), HasSubstr(message));
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

}  // namespace
}  // namespace orch::access
