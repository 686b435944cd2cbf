// An identity provider's keys as they change, and what its tokens may.
#include "orchestrator/identity/provider.h"

#include <atomic>

#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "tests/identity/signing.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::int64_t now_s = 1'800'000'000;
const Instant now{std::chrono::seconds{now_s}};
constexpr std::chrono::minutes long_time{10};

constexpr const char* file = R"({"oidc": {
  "issuer": "https://login.example.com/", "audience": "orch", "name": "email",
  "grants": [{"claim": "realm.roles", "value": "admin", "role": "admin"},
             {"claim": "groups", "value": "orch-*", "role": "operator", "pipelines": ["m-*"]}]}})";

bj::object claims() {
  return {{"iss", "https://login.example.com/"},
          {"aud", "orch"},
          {"exp", now_s + 10},
          {"email", "ann@example.com"},
          {"groups", bj::array{"staff", "orch-night"}}};
}

/// What the provider answers; counts how often it is asked for keys.
class Web {
 public:
  explicit Web(const test::SigningKey& key) : keys_(test::key_set({&key})) {}

  void rotate(const test::SigningKey& key) {
    const std::scoped_lock lock(mutex_);
    keys_ = test::key_set({&key});
  }
  int asked() const { return asked_; }
  Fetch fetch() {
    return [this](const std::string& url) -> std::string {
      if (url == "https://login.example.com/.well-known/openid-configuration")
        return R"({"issuer": "https://login.example.com/", "jwks_uri": "https://keys.example.com"})";
      if (url != "https://keys.example.com") throw std::runtime_error(url);
      const std::scoped_lock lock(mutex_);
      ++asked_;
      return keys_;
    };
  }

 private:
  std::mutex mutex_;
  std::string keys_;
  std::atomic<int> asked_ = 0;
};

OidcRules rules() { return *parse_identities(file, "f").oidc; }

TEST(Provider, TellsWhoAsksAndWhatTheyMay) {
  const test::SigningKey key("1", 0);
  Web web(key);
  Provider provider(rules(), web.fetch(), {long_time, long_time, long_time});
  const auto ann = provider.verify(key.token(claims()), now);
  EXPECT_EQ(ann.name, "ann@example.com");
  EXPECT_EQ(ann.role, Role::operator_);
  EXPECT_EQ(ann.scope.pipelines, std::vector<std::string>{"m-*"});
  auto boss = claims();
  boss["realm"] = {{"roles", bj::array{"admin"}}};
  EXPECT_EQ(provider.verify(key.token(boss), now).role, Role::admin);
  EXPECT_FALSE(provider.verify(key.token(boss), now).scope.limited());
  auto stranger = claims();
  stranger["groups"] = "xorch-night";
  EXPECT_THROW(provider.verify(key.token(stranger), now), JwtRefused);
  auto nameless = claims();
  nameless.erase("email");
  EXPECT_THROW(provider.verify(key.token(nameless), now), JwtRefused);
}

TEST(Provider, ANewKeyIsFetchedWhenATokenNamesIt) {
  const test::SigningKey first("1", 0), second("2", 0);
  Web web(first);
  Provider provider(rules(), web.fetch(), {long_time, std::chrono::seconds(0), long_time});
  provider.verify(first.token(claims()), now);
  web.rotate(second);
  EXPECT_EQ(provider.verify(second.token(claims()), now).name, "ann@example.com");
  EXPECT_THROW(provider.verify(first.token(claims()), now), UnknownKey);
}

TEST(Provider, UnknownKeysDoNotMakeItAskAllTheTime) {
  const test::SigningKey key("1", 0), other("2", 0);
  Web web(key);
  Provider provider(rules(), web.fetch(), {long_time, long_time, long_time});
  provider.verify(key.token(claims()), now);
  for (int i = 0; i < 100; ++i)
    EXPECT_THROW(provider.verify(other.token(claims()), now), UnknownKey);
  EXPECT_EQ(web.asked(), 1);
}

TEST(Provider, KeysStayWhenItCannotBeAsked) {
  const test::SigningKey key("1", 0);
  std::atomic<bool> down = false;
  Web web(key);
  Provider provider(rules(),
                    [&, fetch = web.fetch()](const std::string& url) {
                      if (down) throw std::runtime_error("no answer");
                      return fetch(url);
                    },
                    {long_time, std::chrono::seconds(0), long_time});
  provider.verify(key.token(claims()), now);
  down = true;
  EXPECT_THROW(provider.verify(test::SigningKey("2", 0).token(claims()), now), UnknownKey);
  EXPECT_EQ(provider.verify(key.token(claims()), now).name, "ann@example.com");
}

TEST(IdentityFile, SaysAllThatIsWrong) {
  for (
      const auto* text :
      {"[]", "{", R"({"no": 1})", R"({"oidc": {"issuer": "http://x.example", "audience": "a"}})",
       R"({"oidc": {"issuer": "https://x", "audience": ""}})",
       R"({"oidc": {"issuer": "https://x", "audience": "a", "grants": [{"claim": "c", "value": "v", "role": "none"}]}})",
       R"({"oidc": {"issuer": "https://x", "audience": "a", "grants": [{"claim": "c", "value": "v", "role": "viewer", "pipeline": []}]}})",
       R"({"certificates": [{"role": "viewer"}]})",
       R"({"certificates": [{"subject": "CN=a", "role": "viewer", "pipelines": []}]})"})
    EXPECT_THROW(parse_identities(text, "f"), InvalidDocument) << text;
}

}  // namespace
}  // namespace orch::identity
