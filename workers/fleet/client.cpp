#include "workers/fleet/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "orchestrator/aws/signer.h"
#include "orchestrator/base/http_date.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/aws_answer.h"
#include "workers/library/http_call.h"
#include "workers/worker.h"

namespace orch::fleet {
namespace {

constexpr std::size_t most_response_bytes = std::size_t{4} << 20;

// Of AWS services in general, and of the front they stand behind.
constexpr std::array passing_errors = {
    "ActivityWorkerLimitExceeded", "ExpiredToken",    "ExpiredTokenException",   "InternalFailure",
    "InternalServerError",         "RequestTimeout",  "ServiceUnavailable",      "Throttling",
    "ThrottlingException",         "TooManyRequests", "TooManyRequestsException"};

bool may_pass(const std::string& type, unsigned status) {
  return status >= 500 || status == 429 ||
         std::find(passing_errors.begin(), passing_errors.end(), type) != passing_errors.end();
}

std::string hint_for(const std::string& type) {
  if (type == "ActivityDoesNotExist")
    return "create it (`aws stepfunctions create-activity`), or let --create do so";
  if (type.starts_with("AccessDenied"))
    return "the keys need states:GetActivityTask, SendTaskSuccess, SendTaskFailure and "
           "SendTaskHeartbeat on the activity";
  if (type == "MissingAuthenticationTokenException")
    return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE";
  if (type == "UnrecognizedClientException" || type == "InvalidSignatureException" ||
      type == "SignatureDoesNotMatch")
    return "are these the keys of this endpoint, and is this machine's clock right?";
  if (type.starts_with("ExpiredToken")) return "renew the session's keys; they are read again";
  return {};
}

[[noreturn]] void refuse(std::string_view operation, const std::string& url,
                         const library::HttpResponse& response) {
  const auto body = library::body_of(response);
  auto type = json::text_member(body, "__type");
  if (type.empty()) type = library::header_of(response, "x-amzn-errortype");
  type = type.substr(type.rfind('#') + 1);
  type = type.substr(0, type.find(':'));
  auto message = json::text_member(body, "message");
  if (message.empty()) message = json::text_member(body, "Message");
  if (type.empty())
    throw Refusal("",
                  fmt::format("{} at {}: status {}, expected 200", operation, url, response.status),
                  "is it an endpoint of the Step Functions API?", may_pass("", response.status));
  auto text = fmt::format("{} at {}: {}", operation, url, type);
  if (!message.empty()) text += ": " + message;
  throw Refusal(type, text, hint_for(type), may_pass(type, response.status));
}

Instant time_of(const library::HttpResponse& response) {
  return from_http_date(library::header_of(response, "date")).value_or(wall_now());
}

}  // namespace

Client::Client(std::string url, std::string region, library::Keys& keys)
    : url_(std::move(url)), region_(std::move(region)), keys_(keys) {
  const auto parsed = boost::urls::parse_uri(url_);
  const auto scheme = parsed ? std::string(parsed->scheme()) : std::string();
  if ((scheme != "http" && scheme != "https") || parsed->host().empty())
    throw Error("ORCH-0001", fmt::format("--endpoint is \"{}\": expected a URL", url_),
                "for example http://127.0.0.1:8083 or https://states.eu-west-1.amazonaws.com");
  host_ = parsed->encoded_host_and_port();
  path_ = parsed->encoded_path().empty() ? "/" : std::string(parsed->encoded_path());
}

// Keys are exchanged while a fleet runs: a file that is no good now may be in a moment.
std::optional<aws::Credentials> Client::credentials_now() const {
  try {
    return keys_.current();
  } catch (const Error& error) {
    throw Refusal("", error.what(), error.hint(), true);
  }
}

Client::Answer Client::call(std::string_view operation, const boost::json::object& request,
                            Millis patience, const std::function<void()>& tick) const {
  library::HttpRequest message;
  message.method = "POST";
  message.url = url_;
  message.headers = {{"content-type", "application/x-amz-json-1.0"},
                     {"x-amz-target", fmt::format("AWSStepFunctions.{}", operation)}};
  message.body = json::write(request);
  message.timeout = patience;
  message.max_response_bytes = most_response_bytes;
  if (const auto credentials = credentials_now()) {
    aws::SignedRequest covered{"POST", path_, "", message.headers, message.body};
    covered.headers.emplace_back("host", host_);
    const auto headers =
        aws::signature_headers(std::move(covered), *credentials, {region_, "states"}, wall_now());
    message.headers.insert(message.headers.end(), headers.begin(), headers.end());
  }
  try {
    const auto response = library::http_call(message, tick);
    if (response.status != 200) refuse(operation, url_, response);
    auto body = library::body_of(response);
    if (!body.is_object())
      throw Refusal("", fmt::format("{} at {}: the answer is no JSON object", operation, url_),
                    "is it an endpoint of the Step Functions API?", false);
    return {std::move(body.get_object()), time_of(response)};
  } catch (const workers::TaskFailed& failure) {
    throw Refusal("", failure.what(),
                  failure.error() == "Http.TlsFailed"
                      ? "the certificate must be valid for the name; SSL_CERT_FILE names own "
                        "authorities"
                      : "is the endpoint running and reachable?",
                  true);
  }
}

}  // namespace orch::fleet
