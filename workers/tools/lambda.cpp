// Lambda functions, through any endpoint that speaks the Invoke API.
#include <cstdlib>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/aws_answer.h"
#include "workers/library/http_call.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;

constexpr std::size_t response_quota = 6 << 20;  // of the service

struct Call {
  std::string function;
  std::string payload;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string qualifier = {};
};

/// The service takes a text for the payload itself when it is JSON: "0" arrives as a number.
std::string payload_text(const bj::value& payload) {
  if (payload.is_string()) {
    try {
      const std::string text(payload.get_string());
      json::parse(text);
      return text;
    } catch (const json::SyntaxError&) {
      // any other text arrives as one
    }
  }
  return json::write(payload);
}

/// `lambda:invoke` names the function in its parameters; a function's ARN takes them whole.
Call call_of(const workers::Task& task) {
  if (!task.resource.starts_with("arn:aws:states:::"))
    return {task.resource, json::write(task.input)};
  const auto* input = task.input.if_object();
  const auto* name = input ? input->if_contains("FunctionName") : nullptr;
  if (!name || !name->is_string())
    throw workers::TaskFailed("States.Runtime", "The field 'FunctionName' is required");
  Call call{std::string(name->get_string()), ""};
  const auto* payload = input->if_contains("Payload");
  if (payload && !payload->is_null()) call.payload = payload_text(*payload);
  constexpr std::pair<const char*, const char*> headers[] = {
      {"InvocationType", "x-amz-invocation-type"},
      {"LogType", "x-amz-log-type"},
      {"ClientContext", "x-amz-client-context"}};
  for (const auto& [member, header] : headers) {
    if (auto value = json::text_member(task.input, member); !value.empty())
      call.headers.emplace_back(header, std::move(value));
  }
  call.qualifier = json::text_member(task.input, "Qualifier");
  return call;
}

[[noreturn]] void refuse(const library::HttpResponse& response, bool sdk) {
  auto code = library::header_of(response, "x-amzn-errortype");
  if (code.empty()) code = "ServiceException";
  const auto body = library::body_of(response);
  auto message = json::text_member(body, "Message");
  if (message.empty()) message = json::text_member(body, "message");
  throw workers::TaskFailed::with_cause(
      "Lambda." + code,
      library::service_cause(response, message, sdk ? "Lambda" : "AWSLambda", code, sdk));
}

/// The payload among the circumstances of the call.
bj::object receipt(const library::HttpResponse& response, bj::value payload) {
  bj::object result;
  const auto version = library::header_of(response, "x-amz-executed-version");
  if (!version.empty()) result["ExecutedVersion"] = version;
  const auto log = library::header_of(response, "x-amz-log-result");
  if (!log.empty()) result["LogResult"] = log;
  result["Payload"] = std::move(payload);
  return result;
}

/// What the SDK's integration gives: the payload's text, also of a function that failed.
bj::value sdk_result(const library::HttpResponse& response) {
  auto result = receipt(response, bj::value(bj::string(response.body)));
  const auto error = library::header_of(response, "x-amz-function-error");
  if (!error.empty()) result["FunctionError"] = error;
  result["StatusCode"] = response.status;
  return result;
}

/// What `lambda:invoke` gives.
bj::value optimized_result(const library::HttpResponse& response, bj::value payload) {
  auto result = receipt(response, std::move(payload));
  library::add_metadata(response, result);
  result["StatusCode"] = response.status;
  return result;
}

class Lambda final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto* endpoint = std::getenv("ORCH_LAMBDA_ENDPOINT");
    if (!endpoint || !*endpoint)
      throw workers::TaskFailed(
          "Resource.Unknown", fmt::format("no worker serves the resource \"{}\"", task.resource),
          "ORCH_LAMBDA_ENDPOINT names the endpoint of Lambda functions, as http://127.0.0.1:9001",
          "ORCH-0204");
    const auto call = call_of(task);
    library::HttpRequest request;
    request.method = "POST";
    request.url = fmt::format("{}/2015-03-31/functions/{}/invocations", endpoint,
                              boost::urls::encode(call.function, boost::urls::unreserved_chars));
    request.headers = {{"content-type", "application/json"}};
    if (!call.qualifier.empty())
      request.url +=
          "?Qualifier=" + boost::urls::encode(call.qualifier, boost::urls::unreserved_chars);
    request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
    request.body = call.payload;
    request.timeout = std::chrono::minutes(15);  // the longest a function may take
    request.max_response_bytes = response_quota;
    const auto response = library::http_call(request, [&] {
      context.heartbeat();
      if (context.stop_requested()) throw workers::Cancelled();
    });
    const bool sdk = library::of_sdk(task.resource);
    if (response.status < 200 || response.status > 299) refuse(response, sdk);
    if (sdk) return sdk_result(response);
    auto payload = library::body_of(response);
    if (!library::header_of(response, "x-amz-function-error").empty()) {
      auto error = json::text_member(payload, "errorType");
      throw workers::TaskFailed::with_cause(error.empty() ? "Lambda.Unknown" : error,
                                            response.body);
    }
    if (!task.resource.starts_with("arn:aws:states:::")) return payload;
    return optimized_result(response, std::move(payload));
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_lambda() { return std::make_unique<Lambda>(); }

}  // namespace orch::tools
