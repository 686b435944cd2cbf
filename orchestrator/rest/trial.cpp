// Expressions and single states, tried without a run.
#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/base/random.h"
#include "orchestrator/json/text.h"
#include "orchestrator/jsonata/jsonata.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/request.h"

namespace orch::rest {
namespace {

namespace bj = boost::json;
using boost::beast::http::verb;
using http::Status;

std::string required_text(const Request& request, std::string_view member) {
  const auto* found = request.body.if_contains(member);
  if (!found) refuse_parameter(member, "", "a string");
  if (!found->is_string()) refuse_parameter(member, json::write(*found), "a string");
  return std::string(found->get_string());
}

[[noreturn]] void refuse_expression(const std::string& why) {
  throw Refused(Status::unprocessable_entity, "ORCH-0102", why);
}

bj::object value_document(bj::value value) {
  bj::object out;
  out["value"] = std::move(value);
  return out;
}

// In the environment of runs: the functions that Step Functions adds, and their
// limits.
bj::object evaluate_jsonata(const Request& request, const std::string& text) {
  try {
    const auto expression = jsonata::Expression::parse(text, {.step_functions = true});
    const jsonata::Environment environment{request.now.time_since_epoch().count(), random_bits(),
                                           jsonata::bounded()};
    auto result = expression.evaluate(request.body.if_contains("input"), {}, environment);
    return result ? value_document(std::move(*result)) : bj::object();
  } catch (const jsonata::Error& error) {
    const auto place = error.position ? " at character " + std::to_string(*error.position) : "";
    refuse_expression(error.code() + place + ": " + error.what());
  } catch (const jsonata::NotJson& error) {
    refuse_expression(error.what());
  }
}

bj::object evaluate_path(const Request& request, const std::string& text) {
  const bj::value none;
  const auto* input = request.body.if_contains("input");
  asl::Scope scope;
  scope.data = input ? input : &none;
  scope.now = request.now.time_since_epoch().count();
  try {
    return value_document(asl::Path::compile(text).evaluate(scope));
  } catch (const asl::SyntaxProblem& problem) {
    refuse_expression(problem.what());
  } catch (const asl::EvaluationError& error) {
    refuse_expression(error.failure().cause);
  }
}

Answer evaluate(Request& request) {
  const auto text = required_text(request, "expression");
  const auto language = required_text(request, "language");
  if (language == "JSONata") return {evaluate_jsonata(request, text)};
  if (language == "JSONPath") return {evaluate_path(request, text)};
  refuse_parameter("language", language, "JSONata or JSONPath");
}

// A state alone has no "States". Work is never done: that is what runs are for.
void require_mock(const bj::object& definition, const bj::object& body) {
  const auto* type = definition.if_contains("Type");
  const bool works = !type || *type == "Task" || *type == "Map" || *type == "Parallel";
  if (works && !body.contains("mock"))
    throw Refused(Status::unprocessable_entity, "ORCH-0102",
                  "the state does work, which is not done for a trial",
                  "give the result of it as \"mock\": {\"result\": …}");
}

// Payloads are texts in the service's answer.
bj::value unfolded(const bj::value& answer) {
  if (!answer.is_object()) return answer;
  bj::object out;
  for (const auto& [name, value] : answer.get_object()) {
    const bool text = value.is_string() && name != "status" && name != "nextState" &&
                      name != "error" && name != "cause";
    try {
      out[name] = text ? json::parse(value.get_string()) : unfolded(value);
    } catch (const json::SyntaxError&) {
      out[name] = value;
    }
  }
  return out;
}

Answer test_state(Request& request) {
  const auto* definition = request.body.if_contains("definition");
  if (!definition || !definition->is_object())
    refuse_parameter("definition", definition ? json::write(*definition) : "", "a state");
  require_mock(definition->get_object(), request.body);
  const auto* input = request.body.if_contains("input");
  bj::object wanted{{"definition", json::write(*definition)},
                    {"input", input ? json::write(*input) : "{}"},
                    {"inspectionLevel", "DEBUG"}};
  if (const auto* mock = request.body.if_contains("mock"); mock && mock->is_object()) {
    auto& given = wanted["mock"].emplace_object();
    if (const auto* result = mock->get_object().if_contains("result"))
      given["result"] = json::write(*result);
    if (const auto* error = mock->get_object().if_contains("error")) given["errorOutput"] = *error;
    given["fieldValidationMode"] = "NONE";
  }
  stepfunctions::Call call;
  call.operation = "TestState";
  call.request = std::move(wanted);
  call.last = true;
  try {
    const auto answer = request.server.owner.service().call(call);
    return {answer ? unfolded(*answer) : bj::value(bj::object())};
  } catch (const stepfunctions::ServiceError& error) {
    throw Refused(Status::unprocessable_entity, "ORCH-0102", error.message());
  }
}

}  // namespace

void add_trial_routes(std::vector<Route>& to) {
  to.push_back({verb::post,
                "/v1/eval",
                "trial.eval",
                "The value of a JSONata expression or a JSONPath",
                Role::viewer,
                {},
                "Expression",
                "Value",
                evaluate,
                Reach::open});
  to.push_back({verb::post,
                "/v1/test-state",
                "trial.state",
                "What becomes of an input in one state, as TestState says it",
                Role::viewer,
                {},
                "StateTrial",
                "StateTrialResult",
                test_state,
                Reach::open});
}

}  // namespace orch::rest
