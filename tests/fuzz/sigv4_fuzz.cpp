// Signatures: three lines are an Authorization header, X-Amz-Date and a request target, the rest is
// the body. Anything may be refused, but never what was signed with the right key.
#include <string>

#include "orchestrator/aws/sigv4.h"
#include "tests/fuzz/fuzz.h"

using namespace orch;

namespace {

const aws::Keys keys = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}};
constexpr std::string_view date = "20150830T123600Z";

bool accepted(const aws::SignedRequest& request, Instant now) {
  try {
    aws::verify(request, keys, "states", now);
    return true;
  } catch (const aws::SignatureRefused& refused) {
    fuzz::require(!refused.type().empty(), "a refusal has a type");
    return false;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto now = *from_iso("2015-08-30T12:36:00Z");
  auto rest = fuzz::text_of(data, size);
  const auto authorization = fuzz::next_line(rest);
  const auto sent = fuzz::next_line(rest);
  const auto target = fuzz::next_line(rest);

  aws::SignedRequest request;
  request.method = "POST";
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) request.query = target.substr(question + 1);
  request.body = rest;
  request.headers = {{"host", "localhost"},
                     {"x-amz-date", std::string(sent)},
                     {"authorization", std::string(authorization)}};
  accepted(request, now);

  // The same request, signed as it should be.
  aws::Authorization right;
  right.key_id = "AKIDEXAMPLE";
  right.date = "20150830";
  right.region = "us-east-1";
  right.service = "states";
  right.signed_headers = {"host", "x-amz-date"};
  request.headers[1].second = date;
  right.signature = aws::sign(request, right, date, keys.at(right.key_id));
  request.headers[2].second =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/states/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" +
      right.signature;
  fuzz::require(accepted(request, now), "what is signed with the right key is accepted");
  request.method = "GET";
  fuzz::require(!accepted(request, now), "another method has another signature");
  return 0;
}
