// Where keys and region of AWS come from, signatures, dates of HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/aws/signer.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/http_date.h"
#include "tests/work/environment.h"

namespace orch {
namespace {

class Credentials : public testing::Test {
 protected:
  Credentials() { std::filesystem::create_directory(environment_.folder() / ".aws"); }

  void set(const std::string& name, const std::string& value) { environment_.set(name, value); }
  void write(const std::string& name, const std::string& text) {
    environment_.folder().write(".aws/" + name, text);
  }

  test::Environment environment_;
};

TEST_F(Credentials, ThereMayBeNone) {
  EXPECT_FALSE(aws::find_credentials());
  EXPECT_EQ(aws::find_region(), "");
}

TEST_F(Credentials, TheEnvironmentRules) {
  write("credentials", "[default]\naws_access_key_id=file\naws_secret_access_key=s\n");
  set("AWS_ACCESS_KEY_ID", "id");
  set("AWS_SECRET_ACCESS_KEY", "secret");
  set("AWS_SESSION_TOKEN", "token");
  const auto found = aws::find_credentials();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key_id, "id");
  EXPECT_EQ(found->secret, "secret");
  EXPECT_EQ(found->session_token, "token");
}

TEST_F(Credentials, AProfileOfEitherFile) {
  write("credentials",
        "; keys\n[default]\naws_access_key_id = a\naws_secret_access_key = b\r\n\n[night]\n"
        "s3 =\n  aws_access_key_id = no\n");
  write("config",
        "[default]\nregion = eu-west-1\n[profile night]\nregion=us-west-2\n"
        "aws_access_key_id=c\naws_secret_access_key=d=\n");
  EXPECT_EQ(aws::find_credentials()->secret, "b");
  EXPECT_EQ(aws::find_region(), "eu-west-1");
  set("AWS_PROFILE", "night");
  EXPECT_EQ(aws::find_credentials()->key_id, "c");
  EXPECT_EQ(aws::find_credentials()->secret, "d=");
  EXPECT_EQ(aws::find_region(), "us-west-2");
  set("AWS_REGION", "eu-north-1");
  EXPECT_EQ(aws::find_region(), "eu-north-1");
}

TEST_F(Credentials, RefusesHalfAPairAndAnUnknownProfile) {
  write("credentials", "[night]\naws_access_key_id = a\n");
  set("AWS_PROFILE", "nigth");
  EXPECT_THAT([] { aws::find_credentials(); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("did you mean \"night\"")));
  set("AWS_PROFILE", "night");
  EXPECT_THAT([] { aws::find_credentials(); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("no secret key")));
}

TEST(Signer, WhatItSignsIsVerified) {
  aws::SignedRequest request{"POST", "/", "", {{"host", "localhost"}, {"x-amz-target", "T"}}, "{}"};
  const auto now = *from_iso("2026-01-31T12:00:00.5Z");
  const auto headers = aws::signature_headers(request, {"id", "secret", "t"}, {"r", "states"}, now);
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  EXPECT_NO_THROW(aws::verify(request, {{"id", "secret"}}, "states", now));
  EXPECT_THROW(aws::verify(request, {{"id", "other"}}, "states", now), aws::SignatureRefused);
  request.body = "{ }";
  EXPECT_THROW(aws::verify(request, {{"id", "secret"}}, "states", now), aws::SignatureRefused);
}

TEST(HttpDate, ReadsWhatItWrites) {
  const auto instant = *from_iso("1994-11-06T08:49:37Z");
  EXPECT_EQ(to_http_date(instant), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), instant);
  EXPECT_EQ(to_http_date(*from_iso("2024-02-29T23:59:59.999Z")), "Thu, 29 Feb 2024 23:59:59 GMT");
  for (const char* wrong : {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                            "Sun, 06 Nov 1994 8:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT",
                            "Sun, 31 Feb 1994 08:49:37 GMT"})
    EXPECT_FALSE(from_http_date(wrong)) << wrong;
}

}  // namespace
}  // namespace orch
