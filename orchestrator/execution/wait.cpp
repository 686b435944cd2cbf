// When a Wait state ends.
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/execution/decider.h"
#include "orchestrator/json/text.h"

namespace orch::execution {
namespace {

// The longest wait of the service, in seconds.
constexpr std::int64_t longest_wait = 2'147'483'647;

[[noreturn]] void runtime_error(std::string cause) {
  throw asl::EvaluationError({"States.Runtime", std::move(cause)});
}

std::string spelled(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

}  // namespace

Instant Decider::wait_until(ThreadState& thread, const asl::Wait& wait) {
  fault::point("machine.wait");
  const auto latest = moment_.at + std::chrono::seconds(longest_wait);
  if (wait.timestamp) {
    const auto instant = timestamp(thread, *wait.timestamp);
    if (instant > latest) runtime_error("Wait state delay is too long.");
    return instant;
  }
  const auto length = seconds(thread, wait.seconds);
  if (length > longest_wait) runtime_error("Wait state delay is too long.");
  return moment_.at + std::chrono::seconds(length);
}

Instant Decider::timestamp(ThreadState& thread,
                           const std::variant<Instant, asl::Path, asl::Expression>& given) {
  if (const auto* fixed = std::get_if<Instant>(&given)) return *fixed;
  const auto data = effective_input(thread);
  const auto where = scope(thread, data.value());
  const auto* path = std::get_if<asl::Path>(&given);
  const auto* expression = std::get_if<asl::Expression>(&given);
  if (path && path->definite() && !path->find(where))
    runtime_error("The TimestampPath parameter does not reference an input value: " + path->text());
  const auto value = path ? path->evaluate(where) : expression->evaluate(where);
  const auto instant =
      value.is_string() ? from_iso(std::string_view(value.get_string())) : std::nullopt;
  if (instant) return *instant;
  if (path)
    runtime_error(
        fmt::format("The TimestampPath parameter does not reference a valid ISO-8601 "
                    "extended offset date-time format string: {} == {}",
                    path->text(), spelled(value)));
  throw asl::EvaluationError(
      {"States.QueryEvaluationError",
       fmt::format("The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time "
                   "format string: {}",
                   spelled(value))},
      expression->field());
}

// The words of the expression's type are recorded; those of its range are SecondsPath's.
std::int64_t Decider::computed_seconds(ThreadState& thread, const asl::Expression& expression) {
  const auto data = effective_input(thread);
  const auto value = expression.evaluate(scope(thread, data.value()));
  if (!value.is_number()) expression.refuse("number", value);
  if (value.is_int64() && value.get_int64() >= 0) return value.get_int64();
  const bool whole = value.is_int64();
  throw asl::EvaluationError(
      {"States.QueryEvaluationError",
       fmt::format("The Seconds field {}: {}",
                   whole ? "has a negative value" : "cannot be parsed as a long value",
                   spelled(value))},
      expression.field());
}

std::int64_t Decider::seconds(ThreadState& thread, const asl::Number& given) {
  if (const auto* fixed = std::get_if<std::int64_t>(&given)) return *fixed;
  if (const auto* expression = std::get_if<asl::Expression>(&given))
    return computed_seconds(thread, *expression);
  const auto* path = std::get_if<asl::Path>(&given);
  const auto data = effective_input(thread);
  const auto* value = path->find(scope(thread, data.value()));
  if (!value)
    runtime_error("The SecondsPath parameter does not reference an input value: " + path->text());
  if (!value->is_int64())
    runtime_error(
        fmt::format("The SecondsPath parameter cannot be parsed as a long value: {} == {}",
                    path->text(), spelled(*value)));
  if (value->get_int64() < 0)
    runtime_error(fmt::format("The SecondsPath parameter references a negative value: {} == {}",
                              path->text(), value->get_int64()));
  return value->get_int64();
}

}  // namespace orch::execution
