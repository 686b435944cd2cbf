// Signatures, good and broken: tests/cases/signatures.json. The good ones are those of the test
// suite and the documentation of AWS (get_…, post_…, iam_list_users) and others that botocore 1.29
// made; the broken ones are made of these.
#include <gtest/gtest.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/aws/sigv4.h"
#include "tests/support/case_file.h"

namespace orch::aws {
namespace {

const Keys keys = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}};

std::string text_in(const boost::json::object& one, const char* name) {
  const auto* found = one.if_contains(name);
  return found ? std::string(found->as_string()) : std::string();
}

class Signature : public testing::TestWithParam<boost::json::object> {
 protected:
  void verify_case() const {
    const auto& one = GetParam();
    const auto body = text_in(one, "body");
    SignedRequest request{
        text_in(one, "method"),   text_in(one, "path"), text_in(one, "query"), {}, body,
        one.contains("encrypted")};
    for (const auto& header : one.at("headers").as_array())
      request.headers.emplace_back(header.at(0).as_string(), header.at(1).as_string());
    verify(request, keys, text_in(one, "service"), from_iso(text_in(one, "now")).value());
  }
};

TEST_P(Signature, IsJudged) {
  const auto refused = text_in(GetParam(), "refused");
  if (refused.empty()) {
    EXPECT_NO_THROW(verify_case());
    return;
  }
  try {
    verify_case();
    FAIL() << "the signature was accepted";
  } catch (const SignatureRefused& error) {
    EXPECT_EQ(error.type(), refused);
    EXPECT_EQ(error.what(), text_in(GetParam(), "message"));
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Signature, testing::ValuesIn(test::cases_in("signatures.json")),
                         [](const auto& one) { return test::case_name(one.param); });

}  // namespace
}  // namespace orch::aws
