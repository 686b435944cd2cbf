// Signatures of webhooks, with the examples that GitHub and Standard Webhooks publish.
#include "orchestrator/host/webhook_signature.h"

#include <gtest/gtest.h>

namespace orch::host {
namespace {

using pipeline::Signature;

struct Case {
  Signature signature;
  const char* secret;
  const char* value;  ///< of the header
  bool right;
};

// docs.github.com "Validating webhook deliveries": the secret, body and signature of its test.
constexpr const char* github =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
// github.com/standard-webhooks: the test of its libraries.
constexpr const char* standard = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr const char* standard_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

Delivery delivery_of(const Case& each) {
  Delivery made{"p", "t", {}, "Hello, World!", "127.0.0.1"};
  if (each.signature == Signature::standard) {
    made.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                    {"webhook-timestamp", "1614265330"}};
    made.body = R"({"test": 2432232314})";
  }
  made.headers.emplace_back("signature", each.value);
  return made;
}

bool is_right(const Case& each) {
  pipeline::WebhookTrigger webhook;
  webhook.signature = each.signature;
  webhook.header = "Signature";
  return verify(webhook, delivery_of(each), {"another", each.secret}).has_value();
}

TEST(WebhookSignature, KnowsWhoHasTheSecret) {
  const auto upper =
      std::string("sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17");
  const auto several = std::string("v1,AAAA v2,x ") + standard;
  const Case cases[] = {
      {Signature::github, "It's a Secret to Everybody", github, true},
      {Signature::github, "It's a Secret to Everybody", upper.c_str(), true},
      {Signature::github, "It's a secret to everybody", github, false},
      {Signature::github, "It's a Secret to Everybody", github + 7, false},
      {Signature::github, "It's a Secret to Everybody", "sha256=", false},
      {Signature::github, "It's a Secret to Everybody", "", false},
      {Signature::standard, standard_secret, standard, true},
      {Signature::standard, standard_secret, several.c_str(), true},
      {Signature::standard, standard_secret,
       "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=", false},
      {Signature::standard, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", standard, false},
      {Signature::stripe, "k", "v1=00", false},
      {Signature::stripe, "k", "t=x,v1=00", false},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(each.secret) + " " + each.value);
    EXPECT_EQ(is_right(each), each.right);
  }
}

TEST(WebhookSignature, TellsTheTimeThatIsSigned) {
  pipeline::WebhookTrigger webhook;
  webhook.signature = Signature::standard;
  webhook.header = "Signature";
  auto delivery = delivery_of({Signature::standard, standard_secret, standard, true});
  const auto proof = verify(webhook, delivery, {standard_secret});
  ASSERT_TRUE(proof && proof->at);
  EXPECT_EQ(to_iso(*proof->at), "2021-02-25T15:02:10.000Z");
  // The time, the id and the body are signed.
  for (const auto& [name, value] : delivery.headers) {
    if (name == "signature") continue;
    auto changed = delivery;
    for (auto& header : changed.headers)
      if (header.first == name) header.second = value + "1";
    EXPECT_FALSE(verify(webhook, changed, {standard_secret})) << name;
  }
  delivery.body += " ";
  EXPECT_FALSE(verify(webhook, delivery, {standard_secret}));
}

}  // namespace
}  // namespace orch::host
