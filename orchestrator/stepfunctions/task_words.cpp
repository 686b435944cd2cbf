#include "orchestrator/stepfunctions/task_words.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {

namespace bj = boost::json;

namespace {

/// The first letter of every member's name changed by `change`: the API says "stateMachineArn",
/// definitions say "StateMachineArn".
bj::value respelled(const bj::value& value, int (*change)(int)) {
  if (value.is_array()) {
    bj::array all;
    for (const auto& element : value.get_array()) all.push_back(respelled(element, change));
    return all;
  }
  if (!value.is_object()) return value;
  bj::object all;
  for (const auto& [key, member] : value.get_object()) {
    std::string name(key);
    if (!name.empty()) name[0] = static_cast<char>(change(static_cast<unsigned char>(name[0])));
    all[name] = respelled(member, change);
  }
  return all;
}

/// Timestamps: milliseconds in the optimized integration, ISO text in the SDK's.
void respell_dates(bj::object& answer, bool as_text) {
  for (auto& [key, value] : answer) {
    if (!key.ends_with("Date") || !value.is_number()) continue;
    const auto ms = static_cast<std::int64_t>(value.to_number<double>() * 1000 + 0.5);
    value = as_text ? bj::value(to_iso(Instant{Millis{ms}})) : bj::value(ms);
  }
}

/// What the optimized integration adds: how the call went.
void add_metadata(bj::object& answer) {
  const auto id = new_uuid();
  bj::object single{{"x-amzn-RequestId", id},
                    {"connection", "keep-alive"},
                    {"Content-Length", std::to_string(json::write(answer).size())},
                    {"Date", to_iso(wall_now())},
                    {"Content-Type", "application/x-amz-json-1.0"}};
  bj::object all;
  for (const auto& [name, value] : single) all[name] = bj::array{value};
  answer["SdkHttpMetadata"] = {{"AllHttpHeaders", std::move(all)},
                               {"HttpHeaders", std::move(single)},
                               {"HttpStatusCode", 200}};
  answer["SdkResponseMetadata"] = {{"RequestId", id}};
}

}  // namespace

TaskOperation task_operation(std::string_view resource) {
  TaskOperation made;
  made.sdk = resource.starts_with(sdk_resource);
  resource.remove_prefix(made.sdk ? sdk_resource.size() : optimized_resource.size());
  made.name = resource.substr(0, resource.find('.'));
  made.name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(made.name[0])));
  return made;
}

// Input and output of executions are JSON text on the wire; definitions may give the JSON itself.
bj::object request_of(const bj::value& parameters) {
  const auto* given = parameters.if_object();
  if (!given)
    throw workers::TaskFailed("States.Runtime", "the parameters of the task are no object");
  bj::object texts;
  bj::object others;
  for (const auto& [key, value] : *given) {
    const bool text = key == "Input" || key == "Output" || key == "Definition";
    if (text && !value.is_string() && !value.is_null())
      texts[key == "Input"    ? "input"
            : key == "Output" ? "output"
                              : "definition"] = json::write(value);
    else
      others[key] = value;
  }
  auto request = respelled(others, std::tolower).as_object();
  for (auto& [key, value] : texts) request[key] = value;
  return request;
}

// Where the caller thinks the service is.
std::string region_of(const bj::object& request) {
  for (const auto& [key, value] : request) {
    if (!key.ends_with("Arn") || !value.is_string()) continue;
    const std::string_view arn = value.get_string();
    const auto begin = arn.find(':', arn.find(':', arn.find(':') + 1) + 1);
    if (begin == arn.npos) continue;
    return std::string(arn.substr(begin + 1, arn.find(':', begin + 1) - begin - 1));
  }
  return {};
}

bj::object answer_of(bj::object answer, bool sdk) {
  auto all = respelled(answer, std::toupper).as_object();
  respell_dates(all, sdk);
  if (!sdk) add_metadata(all);
  return all;
}

workers::TaskFailed failure_of(const ServiceError& error, bool sdk) {
  const auto id = new_uuid();
  const auto name = error.type() + (error.type().ends_with("Exception") ? "" : "Exception");
  if (sdk)
    return workers::TaskFailed::with_cause(
        "Sfn." + name,
        fmt::format("{} (Service: Sfn, Status Code: 400, Request ID: {})", error.message(), id));
  return workers::TaskFailed::with_cause(
      "StepFunctions." + name,
      fmt::format("{} (Service: AWSStepFunctions; Status Code: 400; Error Code: {}; Request ID: "
                  "{}; Proxy: null)",
                  error.message(), error.type(), id));
}

}  // namespace orch::stepfunctions
