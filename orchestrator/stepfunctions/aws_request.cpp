#include "orchestrator/stepfunctions/aws_request.h"

#include "orchestrator/http/router.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/error.h"

namespace orch::stepfunctions {

namespace bj = boost::json;

namespace {

constexpr std::string_view target_prefix = "AWSStepFunctions.";
constexpr std::string_view signing_name = "states";

aws::SignedRequest signed_parts(const http::Header& request, bool encrypted) {
  aws::SignedRequest parts;
  parts.method = std::string(request.method_string());
  const auto target = http::path_of(request);
  const auto question = target.find('?');
  parts.path = target.substr(0, question);
  if (question != std::string_view::npos) parts.query = target.substr(question + 1);
  for (const auto& field : request) {
    std::string name(field.name_string());
    for (auto& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    parts.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  parts.encrypted = encrypted;
  return parts;
}

bj::object parse_body(const std::string& text) {
  if (text.empty()) return {};
  try {
    auto body = json::parse(text);
    if (body.is_object()) return std::move(body.get_object());
  } catch (const json::SyntaxError& error) {
    throw stepfunctions::ServiceError("SerializationException", error.what());
  }
  throw stepfunctions::ServiceError("SerializationException", "the body must be a JSON object");
}

std::string_view operation_of(const http::Header& request) {
  const auto target = request["X-Amz-Target"];
  const std::string_view text(target.data(), target.size());
  if (request.method() != boost::beast::http::verb::post || !text.starts_with(target_prefix))
    throw stepfunctions::ServiceError(
        "UnknownOperationException", "expected POST with X-Amz-Target: AWSStepFunctions.OPERATION");
  return text.substr(target_prefix.size());
}

}  // namespace

void check_aws_header(const http::Header& header, bool encrypted, const aws::Keys& keys,
                      Instant now) {
  if (!keys.empty())
    aws::verify_header(signed_parts(header, encrypted), keys, signing_name, now);
  else
    operation_of(header);
}

AwsRequest read_aws_request(const http::Request& request, bool encrypted, const aws::Keys& keys,
                            Instant now) {
  if (!keys.empty()) {
    auto parts = signed_parts(request, encrypted);
    parts.body = request.body();
    aws::verify(parts, keys, signing_name, now);
  }
  AwsRequest read;
  read.operation = operation_of(request);
  const auto header = request[boost::beast::http::field::authorization];
  if (auto found = aws::parse_authorization({header.data(), header.size()}))
    read.region = std::move(found->region);
  read.body = parse_body(request.body());
  return read;
}

}  // namespace orch::stepfunctions
