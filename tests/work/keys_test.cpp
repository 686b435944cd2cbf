// Keys of roles: of a container, of an instance.
#include "workers/library/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "tests/tools/http_server.h"
#include "tests/work/environment.h"

namespace orch {
namespace {

using test::answer;
using testing::HasSubstr;

std::string lease(const std::string& id, const std::string& until) {
  return answer("200 OK", R"({"AccessKeyId":")" + id +
                              R"(","SecretAccessKey":"s","Token":"t","Expiration":")" + until +
                              "\"}");
}

class Keys : public testing::Test {
 protected:
  test::Environment environment_;
};

TEST_F(Keys, OfAContainer) {
  test::HttpServer server({lease("one", "2099-01-01T00:00:00Z")});
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/role");
  environment_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                   environment_.folder().write("token", "let me\n"));
  library::Keys keys(false);
  EXPECT_EQ(keys.current()->key_id, "one");
  EXPECT_EQ(keys.current()->session_token, "t") << "asked once";
  EXPECT_THAT(server.requests().at(0), HasSubstr("GET /role"));
  EXPECT_THAT(server.requests().at(0), testing::ContainsRegex("[Aa]uthorization: let me\r"));
}

TEST_F(Keys, OfAnInstance) {
  test::HttpServer server({answer("200 OK", "the token"), answer("200 OK", "worker\n"),
                           lease("one", "2099-01-01T00:00:00Z")});
  environment_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url() + "/");
  library::Keys keys(true);
  EXPECT_EQ(keys.current()->key_id, "one");
  EXPECT_THAT(server.requests().at(0), HasSubstr("PUT /latest/api/token"));
  EXPECT_THAT(server.requests().at(2), HasSubstr("/security-credentials/worker HTTP"));
  EXPECT_THAT(server.requests().at(2),
              testing::ContainsRegex("x-aws-ec2-metadata-token: the token"));
}

TEST_F(Keys, AreRenewedBeforeTheyEnd) {
  test::HttpServer server(
      {lease("old", "2020-01-01T00:00:00Z"), lease("new", "2099-01-01T00:00:00Z")});
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url());
  library::Keys keys(false);
  EXPECT_EQ(keys.current()->key_id, "old");
  EXPECT_EQ(keys.current()->key_id, "new");
  EXPECT_EQ(keys.current()->key_id, "new");
}

TEST_F(Keys, GivenOnesComeFirst) {
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/");
  environment_.set("AWS_ACCESS_KEY_ID", "mine");
  environment_.set("AWS_SECRET_ACCESS_KEY", "s");
  EXPECT_EQ(library::Keys(false).current()->key_id, "mine");
}

TEST_F(Keys, ThereMayBeNone) {
  EXPECT_FALSE(library::Keys(false).current());
  environment_.set("AWS_EC2_METADATA_DISABLED", "true");
  EXPECT_FALSE(library::Keys(true).current());
}

TEST_F(Keys, RefusesWhatGivesNone) {
  for (const auto& text : {answer("403 Forbidden", ""), answer("200 OK", "no JSON"),
                           answer("200 OK", R"({"AccessKeyId":"a"})"), std::string()}) {
    test::HttpServer server({text});
    environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url());
    EXPECT_THROW(library::Keys(false).current(), Error) << text;
  }
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://198.51.100.7/keys");
  EXPECT_THAT([] { library::Keys(false).current(); },
              testing::ThrowsMessage<Error>(HasSubstr("neither https nor")));
}

}  // namespace
}  // namespace orch
