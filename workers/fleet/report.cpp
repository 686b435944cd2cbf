#include "workers/fleet/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"

namespace orch::fleet {
namespace {

namespace bj = boost::json;
using workers::Outcome;

constexpr std::size_t most_output_bytes = 262'144;
constexpr std::size_t most_error_bytes = 256;
constexpr std::size_t most_cause_bytes = 32'768;
// Of each text kept in a cause that is too long: all of them fit, with every byte escaped.
constexpr std::size_t most_kept_bytes = 1'000;

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  constexpr std::string_view mark = "…";
  const auto kept = text.substr(0, most - mark.size());
  return std::string(kept.substr(0, valid_prefix(kept))) + std::string(mark);
}

bj::object parsed(const std::string& cause) {
  try {
    auto value = json::parse(cause);
    if (value.is_object()) return std::move(value.get_object());
  } catch (const json::SyntaxError&) {
    // not JSON: a text of another service
  }
  return {};
}

// A catcher may read the cause as JSON, so what is left of it still is.
std::string fitting_cause(const std::string& cause) {
  if (cause.size() <= most_cause_bytes) return cause;
  const auto whole = parsed(cause);
  if (whole.empty()) return cut(cause, most_cause_bytes);
  bj::object kept;
  for (const char* name : {"message", "hint", "code", "key", "connection"}) {
    const auto* value = whole.if_contains(name);
    if (value && value->is_string())
      kept[name] = cut({value->get_string().data(), value->get_string().size()}, most_kept_bytes);
  }
  kept["shortened"] = true;
  return json::write(kept);
}

Outcome too_large(const Outcome& outcome, const workers::Task& task) {
  const workers::TaskFailed failure(
      "Result.TooLarge",
      fmt::format("the result of {} of state {} has {} bytes, more than the {} that a task may "
                  "return",
                  task.resource, task.state, outcome.output.size(), most_output_bytes),
      "let the result carry a reference, or ask the worker for less", "ORCH-0662");
  return {Outcome::Kind::failed, "", failure.error(), failure.cause()};
}

}  // namespace

Report report_of(const Outcome& outcome, const workers::Task& task, const std::string& token) {
  if (outcome.kind == Outcome::Kind::failed)
    return {"SendTaskFailure",
            {{"taskToken", token},
             {"error", cut(outcome.error, most_error_bytes)},
             {"cause", fitting_cause(outcome.cause)}}};
  if (outcome.output.size() > most_output_bytes)
    return report_of(too_large(outcome, task), task, token);
  return {"SendTaskSuccess", {{"taskToken", token}, {"output", outcome.output}}};
}

Outcome given_back() {
  const workers::TaskFailed failure(
      "Worker.Stopped", "the worker's process was stopped while it did the task",
      "a Retry for Worker.Stopped lets another worker do it", "ORCH-0663");
  return {Outcome::Kind::failed, "", failure.error(), failure.cause()};
}

std::string message_of(const std::string& cause) {
  const auto object = parsed(cause);
  const auto* message = object.if_contains("message");
  return message && message->is_string() ? std::string(message->get_string()) : cause;
}

}  // namespace orch::fleet
