#include <algorithm>

#include <boost/json/value.hpp>

#include "orchestrator/json/text.h"
#include "orchestrator/view/projection.h"

namespace orch::view {
namespace {

void read_text(const boost::json::object& object, const char* name, std::string& to) {
  const auto* found = object.if_contains(name);
  if (found && found->is_string()) to = std::string(found->get_string());
}

}  // namespace

Failure failure_of(const std::optional<std::string>& error,
                   const std::optional<std::string>& cause) {
  Failure failure;
  failure.error = error.value_or("");
  failure.cause = cause.value_or("");
  failure.message = failure.cause;
  if (!failure.cause.starts_with('{')) return failure;
  try {
    const auto value = json::parse(failure.cause);
    const auto& object = value.as_object();
    if (!object.contains("message")) return failure;
    read_text(object, "message", failure.message);
    read_text(object, "hint", failure.hint);
    read_text(object, "code", failure.code);
    read_text(object, "key", failure.key);
    read_text(object, "connection", failure.connection);
  } catch (const json::SyntaxError&) {
    // Somebody's cause that only looks like ours: shown as it is.
  }
  return failure;
}

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::waiting:
      return "waiting";
    case Outcome::running:
      return "running";
    case Outcome::retrying:
      return "retrying";
    case Outcome::succeeded:
      return "succeeded";
    case Outcome::caught:
      return "caught";
    case Outcome::failed:
      return "failed";
    case Outcome::aborted:
      break;
  }
  return "aborted";
}

Outcome StateLine::outcome() const {
  if (running > 0 && due && type == "Wait") return Outcome::waiting;
  if (running > 0) return due ? Outcome::retrying : Outcome::running;
  if (failed > 0) return Outcome::failed;
  if (aborted > 0) return Outcome::aborted;
  return caught > 0 ? Outcome::caught : Outcome::succeeded;
}

std::optional<std::int64_t> TableLine::rows() const {
  for (const auto& step : steps)
    if (step.rows) return step.rows;
  return std::nullopt;
}

std::optional<double> TableLine::rows_per_second() const {
  for (const auto& step : steps) {
    if (!step.rows) continue;
    if (const auto* rate = step.output.if_contains("rows_per_second"); rate && rate->is_number())
      return rate->to_number<double>();
    const auto ms = (step.last - step.first).count();
    if (ms > 0) return static_cast<double>(*step.rows) * 1'000.0 / static_cast<double>(ms);
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::int64_t> TableLine::bytes() const {
  for (const auto& step : steps)
    if (const auto* bytes = step.output.if_contains("bytes"); bytes && bytes->is_int64())
      return bytes->get_int64();
  return std::nullopt;
}

bool TableLine::entry_changed() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return step.output.contains("entry"); });
}

std::int64_t TableLine::attempts() const {
  std::int64_t most = 0;
  for (const auto& step : steps) most = std::max(most, step.attempts);
  return most;
}

Millis TableLine::duration(Instant now) const {
  Millis spent{0};
  for (const auto& step : steps) {
    const bool open = step.outcome == Outcome::running || step.outcome == Outcome::retrying;
    spent += (open ? now : step.last) - step.first;
  }
  return spent;
}

std::optional<Instant> TableLine::last() const {
  std::optional<Instant> latest;
  for (const auto& step : steps)
    if (!latest || *latest < step.last) latest = step.last;
  return latest;
}

const Failure* TableLine::failure() const {
  if (steps.empty() || !steps.back().failure) return nullptr;
  const auto latest = steps.back().outcome;
  const bool now = latest == Outcome::failed || latest == Outcome::retrying;
  return now ? &*steps.back().failure : nullptr;
}

}  // namespace orch::view
