#include "orchestrator/stepfunctions/integration.h"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <thread>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {

namespace bj = boost::json;

/// Where the workers find the service.
struct Integration::Line {
  std::mutex mutex;
  std::condition_variable connected;
  Service* service = nullptr;
};

namespace {

constexpr std::string_view optimized = "arn:aws:states:::states:";
constexpr std::string_view sdk = "arn:aws:states:::aws-sdk:sfn:";
constexpr Millis look_interval{50};

/// Which operation a resource names, and in whose words the answer is.
struct Named {
  std::string operation;  ///< "StartExecution"
  bool sdk = false;
  bool waits = false;  ///< .sync
};

Named parse_resource(std::string_view resource) {
  Named named;
  named.sdk = resource.starts_with(sdk);
  resource.remove_prefix(named.sdk ? sdk.size() : optimized.size());
  const auto dot = std::min(resource.find('.'), resource.size());
  named.waits = !named.sdk && resource.substr(dot).starts_with(".sync");
  named.operation = resource.substr(0, dot);
  named.operation[0] = static_cast<char>(std::toupper(named.operation[0]));
  return named;
}

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

/// Input and output of executions are JSON text on the wire; definitions may give the JSON itself.
bj::object request_of(const workers::Task& task) {
  const auto* given = task.input.if_object();
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
                    {"Date", to_iso(clock_now())},
                    {"Content-Type", "application/x-amz-json-1.0"}};
  bj::object all;
  for (const auto& [name, value] : single) all[name] = bj::array{value};
  answer["SdkHttpMetadata"] = {{"AllHttpHeaders", std::move(all)},
                               {"HttpHeaders", std::move(single)},
                               {"HttpStatusCode", 200}};
  answer["SdkResponseMetadata"] = {{"RequestId", id}};
}

workers::TaskFailed failure_of(const ServiceError& error, bool of_sdk) {
  const auto id = new_uuid();
  const auto name = error.type() + (error.type().ends_with("Exception") ? "" : "Exception");
  if (of_sdk)
    return workers::TaskFailed::with_cause(
        "Sfn." + name,
        fmt::format("{} (Service: Sfn, Status Code: 400, Request ID: {})", error.message(), id));
  return workers::TaskFailed::with_cause(
      "StepFunctions." + name,
      fmt::format("{} (Service: AWSStepFunctions; Status Code: 400; Error Code: {}; Request ID: "
                  "{}; Proxy: null)",
                  error.message(), error.type(), id));
}

/// The region of an ARN among the parameters: where the caller thinks the service is.
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

}  // namespace

Integration::Integration() : line_(std::make_shared<Line>()) {}
Integration::~Integration() = default;

void Integration::connect(Service& service) {
  {
    const std::scoped_lock lock(line_->mutex);
    line_->service = &service;
  }
  line_->connected.notify_all();
}

void Integration::add_workers(workers::Registry& registry) const {
  class Caller final : public workers::Worker {
   public:
    explicit Caller(std::shared_ptr<Line> line) : line_(std::move(line)) {}

    bj::value run(const workers::Task& task, workers::TaskContext& context) override {
      const auto named = parse_resource(task.resource);
      Call call;
      call.operation = named.operation;
      call.request = request_of(task);
      call.region = region_of(call.request);
      call.starter = engine::Starter{task.run, task.ticket, named.waits};
      try {
        auto answer = respelled(answer_of(call, context), std::toupper).as_object();
        fault::point("service.called");
        respell_dates(answer, named.sdk);
        if (!named.sdk) add_metadata(answer);
        return answer;
      } catch (const ServiceError& error) {
        throw failure_of(error, named.sdk);
      }
    }

   private:
    bj::object answer_of(Call& call, workers::TaskContext& context) {
      auto& service = wait_for_service(context);
      while (true) {
        if (auto answer = service.call(call)) return std::move(*answer);
        if (context.stop_requested()) throw workers::Cancelled();
        context.heartbeat();
        std::this_thread::sleep_for(look_interval);  // a long poll: ask again
      }
    }

    Service& wait_for_service(workers::TaskContext& context) {
      std::unique_lock lock(line_->mutex);
      while (!line_->service) {
        if (context.stop_requested()) throw workers::Cancelled();
        line_->connected.wait_for(lock, look_interval);
      }
      return *line_->service;
    }

    std::shared_ptr<Line> line_;
  };
  registry.add(std::string(optimized) + "startExecution*", std::make_unique<Caller>(line_));
  registry.add(std::string(sdk) + "*", std::make_unique<Caller>(line_));
}

}  // namespace orch::stepfunctions
