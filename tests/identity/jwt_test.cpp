// Signed tokens: which hold, and all ways in which others do not.
#include "orchestrator/identity/jwt.h"

#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "tests/identity/signing.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::int64_t now_s = 1'800'000'000;
const Instant now{std::chrono::seconds{now_s}};
const JwtRules rules{"https://login.example.com", "orch", Millis{60'000}};

bj::object claims() {
  return {{"iss", rules.issuer}, {"aud", "orch"}, {"sub", "ann"}, {"exp", now_s + 10}};
}

const test::SigningKey& rsa() {
  static const test::SigningKey key("r1", 2'048);
  return key;
}
const test::SigningKey& p256() {
  static const test::SigningKey key("e1", 0);
  return key;
}

std::vector<PublicKey> keys() { return parse_keys(test::key_set({&rsa(), &p256()})); }

std::string refusal(const std::string& token) {
  try {
    verify_jwt(token, keys(), rules, now);
    return "";
  } catch (const JwtRefused& error) {
    return error.what();
  }
}

// RFC 7515, A.3.
TEST(Jwt, TheExampleOfTheStandardIsSigned) {
  const auto key = parse_keys(
      R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  ASSERT_EQ(key.size(), 1U);
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ";
  const auto signature = from_base64url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  ASSERT_TRUE(signature);
  EXPECT_TRUE(is_signed(key.front(), text, *signature));
  EXPECT_FALSE(is_signed(key.front(), text + "x", *signature));
}

TEST(Jwt, HoldsWhenItIsSignedForThisServerAndNotOver) {
  for (const auto* key : {&rsa(), &p256()}) {
    const auto jwt = verify_jwt(key->token(claims()), keys(), rules, now);
    EXPECT_EQ(jwt.claims.at("sub").get_string(), "ann");
    EXPECT_EQ(jwt.expires_at, Instant{std::chrono::seconds{now_s + 10}});
  }
}

TEST(Jwt, OtherClaimsAreRefused) {
  struct Case {
    const char* member;
    bj::value value;
    const char* why;  // empty: it holds
  };
  const Case cases[] = {{"iss", "https://evil.example.com", "another issuer"},
                        {"iss", nullptr, "another issuer"},
                        {"aud", "other", "another audience"},
                        {"aud", nullptr, "another audience"},
                        {"aud", bj::array{"other", "orch"}, ""},
                        {"aud", bj::array{"other"}, "another audience"},
                        {"exp", nullptr, "no number"},
                        {"exp", "2030", "no number"},
                        {"exp", now_s - 59, ""},
                        {"exp", now_s - 60, "expired"},
                        {"exp", now_s + 0.5, ""},
                        {"exp", -1, "out of range"},
                        {"exp", 1e300, "out of range"},
                        {"nbf", now_s + 60, ""},
                        {"nbf", now_s + 61, "not good yet"}};
  for (const auto& [member, value, why] : cases) {
    auto changed = claims();
    changed[member] = value;
    const auto found = refusal(p256().token(changed));
    if (*why == '\0')
      EXPECT_EQ(found, "") << member << json::write(value);
    else
      EXPECT_NE(found.find(why), std::string::npos) << member << json::write(value) << found;
  }
  auto without = claims();
  without.erase("exp");
  EXPECT_NE(refusal(p256().token(without)).find("does not say when"), std::string::npos);
}

TEST(Jwt, OnlyPublicKeysSign) {
  // What is signed by the public key as if it were a shared secret, and what is not signed.
  for (const auto* algorithm : {"none", "None", "HS256", "HS512", "RS1", "ES256K"})
    EXPECT_NE(refusal(rsa().token(claims(), algorithm)), "") << algorithm;
  // The key of the other kind by the same id.
  EXPECT_NE(refusal(rsa().token(claims(), "ES256")).find("no key"), std::string::npos);
  const test::SigningKey stranger("r1", 2'048);
  EXPECT_EQ(refusal(stranger.token(claims())), "the signature does not hold");
  EXPECT_THROW(verify_jwt(test::SigningKey("r2", 2'048).token(claims()), keys(), rules, now),
               UnknownKey);
}

TEST(Jwt, ChangedTokensAreRefused) {
  const auto good = p256().token(claims());
  for (const auto& token :
       {std::string(), std::string("."), std::string(".."), good + ".",
        good.substr(0, good.size() - 1), "x" + good, good + "=", std::string(20'000, 'a'),
        good.substr(0, good.rfind('.') + 1), test::base64url("[]") + good.substr(good.find('.'))})
    EXPECT_NE(refusal(token), "") << token;
  auto other = good;
  other[good.find('.') + 5] = other[good.find('.') + 5] == 'a' ? 'b' : 'a';
  EXPECT_EQ(refusal(other), "the signature does not hold");
}

TEST(Jwt, WeakAndUnknownKeysAreLeftOut) {
  const test::SigningKey weak("w", 1'024);
  EXPECT_TRUE(parse_keys(test::key_set({&weak})).empty());
  EXPECT_TRUE(parse_keys(R"({"keys":[1,{},{"kty":"oct","k":"AAAA"},)"
                         R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})")
                  .empty());
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})"}) EXPECT_THROW(parse_keys(text), Error);
}

}  // namespace
}  // namespace orch::identity
