// Input and output processing: InputPath, Parameters, ResultSelector, ResultPath, OutputPath.
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/random.h"
#include "orchestrator/json/text.h"
#include "orchestrator/machine/decider.h"

namespace orch::machine {
namespace {

// A whole number, or a text that is one: a variable may hold "10".
std::optional<std::int64_t> whole(const boost::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_string();
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr != end || text.empty()) return std::nullopt;
  return number;
}

}  // namespace

asl::Scope Decider::scope(ThreadState& thread, const boost::json::value& data) {
  asl::Scope made;
  made.data = &data;
  made.context = [this, &thread]() -> const boost::json::value& {
    return context_of(live_, thread);
  };
  made.seed = asl::Random(stimulus_.seed + static_cast<std::uint64_t>(live_.last_event) * 1'024 +
                          evaluations_++)
                  .next();
  return made;
}

json::Payload Decider::effective_input(ThreadState& thread) {
  const auto& filter = thread.state->input_path;
  if (filter.discard) return json::Payload();
  if (!filter.path || filter.path->is_root()) return thread.input;
  return json::Payload::of_value(filter.path->evaluate(scope(thread, thread.input.value())));
}

json::Payload Decider::parameters(ThreadState& thread) {
  auto input = effective_input(thread);
  if (!thread.state->parameters) return input;
  return json::Payload::of_value(thread.state->parameters->evaluate(scope(thread, input.value())));
}

json::Payload Decider::output(ThreadState& thread, json::Payload result) {
  const auto& state = *thread.state;
  if (state.result_selector)
    result =
        json::Payload::of_value(state.result_selector->evaluate(scope(thread, result.value())));
  if (state.result_path.discard) {
    result = thread.input;
  } else if (state.result_path.path && !state.result_path.path->is_root()) {
    auto document = thread.input.value();
    state.result_path.path->assign(document, result.value());
    result = json::Payload::of_value(std::move(document));
  }
  return output_path(thread, std::move(result));
}

json::Payload Decider::output_path(ThreadState& thread, json::Payload document) {
  const auto& filter = thread.state->output_path;
  if (filter.discard) return json::Payload();
  if (!filter.path || filter.path->is_root()) return document;
  return json::Payload::of_value(filter.path->evaluate(scope(thread, document.value())));
}

std::int64_t Decider::number(ThreadState& thread, const asl::Number& number, const char* field) {
  if (const auto* fixed = std::get_if<std::int64_t>(&number)) return *fixed;
  const auto& path = std::get<asl::Path>(number);
  const auto input = effective_input(thread);
  const auto value = path.evaluate(scope(thread, input.value()));
  if (const auto read = whole(value); read && *read >= 0) return *read;
  const auto shown = value.is_string() ? std::string(value.get_string()) : json::write(value);
  throw asl::EvaluationError(
      {"States.Runtime", fmt::format("The {} field refers to value \"{}\" which is not a valid "
                                     "integer: {}",
                                     field, shown, path.text())});
}

std::string Decider::text(ThreadState& thread, const asl::Text& text, const char* field) {
  if (const auto* fixed = std::get_if<std::string>(&text)) return *fixed;
  const auto input = effective_input(thread);
  const auto where = scope(thread, input.value());
  boost::json::value value;
  std::string source;
  if (const auto* path = std::get_if<asl::Path>(&text)) {
    source = path->text();
    const auto* found = path->find(where);
    if (!found)
      throw asl::EvaluationError(
          {"States.Runtime", fmt::format("The JSONPath '{}' specified for the field '{}' could not "
                                         "be found in the input '{}'",
                                         source, field, input.text())});
    value = *found;
  } else {
    const auto& intrinsic = std::get<asl::Intrinsic>(text);
    source = intrinsic.text();
    value = intrinsic.evaluate(where);
  }
  if (value.is_string()) return std::string(value.get_string());
  throw asl::EvaluationError(
      {"States.Runtime", fmt::format("The {} field '{}' must be a string but was: {}", field,
                                     source, json::write(value))});
}

}  // namespace orch::machine
