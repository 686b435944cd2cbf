// Messages to queues, through any endpoint that speaks the SQS API.
#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/aws_answer.h"
#include "workers/library/http_call.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

namespace bj = boost::json;

std::string endpoint() {
  const auto* given = std::getenv("ORCH_SQS_ENDPOINT");
  if (given && *given) return given;
  throw workers::TaskFailed("Resource.Unknown", "nothing tells where the queues are",
                            "ORCH_SQS_ENDPOINT names the address, as http://127.0.0.1:9324",
                            "ORCH-0204");
}

/// A message's body is text; definitions may give the JSON itself.
std::string request_body(const workers::Task& task) {
  const auto* given = task.input.if_object();
  if (!given)
    throw workers::TaskFailed("States.Runtime", "the parameters of the task are no object");
  auto parameters = *given;
  if (auto* body = parameters.if_contains("MessageBody"); body && !body->is_string())
    *body = json::write(*body);
  return json::write(parameters);
}

// What SendMessage may fail with by the model of its API; anything else has the name of the client.
constexpr std::array sqs_errors = {
    "InvalidMessageContents", "UnsupportedOperation", "RequestThrottled", "QueueDoesNotExist",
    "InvalidSecurity",        "KmsDisabled",          "KmsInvalidState",  "KmsNotFound",
    "KmsOptInRequired",       "KmsThrottled",         "KmsAccessDenied",  "KmsInvalidKeyUsage",
    "InvalidAddress"};

/// The error's code in the older protocol, which causes still show.
std::string code_of(const library::HttpResponse& response, const std::string& type) {
  const auto code = library::header_of(response, "x-amzn-query-error");
  if (!code.empty()) return code.substr(0, code.find(';'));
  return type == "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : type;
}

[[noreturn]] void refuse(const library::HttpResponse& response, bool sdk) {
  const auto body = library::body_of(response);
  auto type = json::text_member(body, "__type");
  type = type.substr(type.rfind('#') + 1);
  const bool known = std::find(sqs_errors.begin(), sqs_errors.end(), type) != sqs_errors.end();
  const std::string name = known ? type : sdk ? "Sqs" : "AmazonSQS";
  throw workers::TaskFailed::with_cause(
      (sdk ? "Sqs." : "SQS.") + name + "Exception",
      library::service_cause(response, json::text_member(body, "message"),
                             sdk ? "Sqs" : "AmazonSQS", code_of(response, type), sdk));
}

/// The SDK spells "Md5OfMessageBody" what the service and the optimized integration call
/// "MD5OfMessageBody".
bj::value sdk_result(const bj::value& answer) {
  const auto* members = answer.if_object();
  if (!members) return answer;
  bj::object result;
  for (const auto& [key, value] : *members) {
    std::string name(key);
    if (name.starts_with("MD5")) name.replace(0, 3, "Md5");
    result[name] = value;
  }
  return result;
}

class Sqs final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    library::HttpRequest request;
    request.method = "POST";
    request.url = endpoint() + "/";
    request.headers = {{"content-type", "application/x-amz-json-1.0"},
                       {"x-amz-target", "AmazonSQS.SendMessage"}};
    request.body = request_body(task);
    const auto response = library::http_call(request, [&] {
      context.heartbeat();
      if (context.stop_requested()) throw workers::Cancelled();
    });
    const bool sdk = library::of_sdk(task.resource);
    if (response.status < 200 || response.status > 299) refuse(response, sdk);
    auto answer = library::body_of(response);
    if (sdk) return sdk_result(answer);
    if (answer.is_object()) library::add_metadata(response, answer.get_object());
    return answer;
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_sqs() { return std::make_unique<Sqs>(); }

}  // namespace orch::tools
