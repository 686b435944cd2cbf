// Messages to queues, through any endpoint that speaks the SQS API.
#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/tools/aws_answer.h"
#include "workers/tools/http_call.h"
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

[[noreturn]] void refuse(const HttpResponse& response) {
  const auto body = body_of(response);
  auto code = text_member(body, "__type");
  code = code.substr(code.rfind('#') + 1);
  if (code.empty()) code = "AmazonSQS";
  if (!code.ends_with("Exception")) code += "Exception";
  throw workers::TaskFailed::with_cause(
      "SQS." + code, fmt::format("{} (Service: AmazonSQS; Status Code: {}; Error Code: {}; Request "
                                 "ID: {}; Proxy: null)",
                                 text_member(body, "message"), response.status, code,
                                 header_of(response, "x-amzn-requestid")));
}

class Sqs final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext& context) override {
    HttpRequest request;
    request.method = "POST";
    request.url = endpoint() + "/";
    request.headers = {{"content-type", "application/x-amz-json-1.0"},
                       {"x-amz-target", "AmazonSQS.SendMessage"}};
    request.body = request_body(task);
    const auto response = http_call(request, [&] {
      context.heartbeat();
      if (context.stop_requested()) throw workers::Cancelled();
    });
    if (response.status < 200 || response.status > 299) refuse(response);
    auto answer = body_of(response);
    if (answer.is_object()) add_metadata(response, answer.get_object());
    return answer;
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_sqs() { return std::make_unique<Sqs>(); }

}  // namespace orch::tools
