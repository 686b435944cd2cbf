// Input and output processing: InputPath, Parameters, ResultSelector, ResultPath, OutputPath.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/random.h"
#include "orchestrator/asl/value.h"
#include "orchestrator/execution/decider.h"
#include "orchestrator/json/text.h"

namespace orch::execution {
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

asl::EvaluationError not_an_integer(const char* field, const boost::json::value& value,
                                    const asl::Path& path) {
  const auto shown = value.is_string() ? std::string(value.get_string()) : json::write(value);
  return asl::EvaluationError(
      {"States.Runtime", fmt::format("The {}Path field refers to value \"{}\" which is not a valid "
                                     "integer: {}",
                                     field, shown, path.text())});
}

}  // namespace

asl::Scope Decider::scope(ThreadState& thread, const boost::json::value& data) {
  asl::Scope made;
  made.data = &data;
  made.context = asl::ContextObject([this, &thread] { return context_of(live_, thread); });
  made.variable = [&thread](std::string_view name) -> const boost::json::value* {
    const auto* value = thread.variable(name);
    return value ? &value->value() : nullptr;
  };
  if (thread.state && thread.state->language == asl::QueryLanguage::jsonata)
    made.input = &thread.input.value();
  made.now = moment_.at.time_since_epoch().count();
  made.seed = asl::Random(moment_.seed + static_cast<std::uint64_t>(live_.last_event) * 1'024 +
                          evaluations_++)
                  .next();
  return made;
}

// A Pass state has no result: `$states.result` is what a task or its like gave.
asl::Scope Decider::result_scope(ThreadState& thread, const boost::json::value& result) {
  auto where = scope(thread, result);
  if (!std::holds_alternative<asl::Pass>(thread.state->body)) where.result = &result;
  return where;
}

json::Payload Decider::effective_input(ThreadState& thread) {
  const auto& filter = thread.state->input_path;
  auto input = thread.input;
  if (filter.discard)
    input = json::Payload();
  else if (filter.path && !filter.path->is_root())
    input = json::Payload::of_value(filter.path->evaluate(scope(thread, thread.input.value())));
  note("afterInputPath", input);
  return input;
}

json::Payload Decider::parameters(ThreadState& thread) {
  auto made = effective_input(thread);
  const auto& parameters = thread.state->parameters;
  if (parameters) made = json::Payload::of_value(parameters->evaluate(scope(thread, made.value())));
  note(thread.state->language == asl::QueryLanguage::jsonata ? "afterArguments" : "afterParameters",
       made);
  return made;
}

json::Payload Decider::output(ThreadState& thread, json::Payload result) {
  const auto& state = *thread.state;
  if (state.output) {
    return json::Payload::of_value(state.output->evaluate(result_scope(thread, result.value())));
  }
  if (state.result_selector)
    result =
        json::Payload::of_value(state.result_selector->evaluate(scope(thread, result.value())));
  note("afterResultSelector", result);
  if (state.result_path.discard) {
    result = thread.input;
  } else if (state.result_path.path && !state.result_path.path->is_root()) {
    auto document = thread.input.value();
    state.result_path.path->assign(document, result.value());
    result = json::Payload::of_value(std::move(document));
  }
  note("afterResultPath", result);
  return output_path(thread, std::move(result));
}

// Evaluated against the variables as they were on entry; folding sets them.
Assigned Decider::assign(const std::optional<asl::PayloadTemplate>& source,
                         const asl::Scope& where) {
  Assigned assigned;
  if (!source) return assigned;
  const auto values = source->evaluate(where);
  for (const auto& [name, value] : values.get_object())
    assigned.emplace_back(name, json::write(value));
  std::sort(assigned.begin(), assigned.end());
  return assigned;
}

json::Payload Decider::output_path(ThreadState& thread, json::Payload document) {
  const auto& filter = thread.state->output_path;
  if (filter.discard) return json::Payload();
  if (!filter.path || filter.path->is_root()) return document;
  return json::Payload::of_value(filter.path->evaluate(scope(thread, document.value())));
}

// As whole_number(), of a field that may not be negative.
std::int64_t Decider::number(ThreadState& thread, const asl::Number& number, const char* field) {
  const auto value = whole_number(thread, number, field);
  if (value >= 0) return value;
  const auto* expression = std::get_if<asl::Expression>(&number);
  if (expression) expression->refuse("non-negative integer", value);
  throw not_an_integer(field, value, std::get<asl::Path>(number));
}

// `field` is the name without "Path".
std::int64_t Decider::whole_number(ThreadState& thread, const asl::Number& number,
                                   const char* field) {
  if (const auto* fixed = std::get_if<std::int64_t>(&number)) return *fixed;
  const auto input = effective_input(thread);
  const auto where = scope(thread, input.value());
  if (const auto* expression = std::get_if<asl::Expression>(&number)) {
    const auto value = expression->evaluate(where);
    const auto read = value.is_number() ? whole(value) : std::nullopt;
    if (!read) expression->refuse(value.is_number() ? "integer" : "number", value);
    return *read;
  }
  const auto& path = std::get<asl::Path>(number);
  const auto value = path.evaluate(where);
  if (const auto read = whole(value)) return *read;
  throw not_an_integer(field, value, path);
}

double Decider::fraction(ThreadState& thread, const asl::Fraction& number, const char* field) {
  if (const auto* fixed = std::get_if<double>(&number)) return *fixed;
  const auto input = effective_input(thread);
  const auto where = scope(thread, input.value());
  const auto* expression = std::get_if<asl::Expression>(&number);
  const auto value =
      expression ? expression->evaluate(where) : std::get<asl::Path>(number).evaluate(where);
  if (value.is_number()) return value.to_number<double>();
  // As whole numbers: a variable may hold "10".
  const auto read = !expression && value.is_string()
                        ? asl::to_number(std::string_view(value.get_string()))
                        : std::nullopt;
  if (read) return read->to_number<double>();
  if (expression) expression->refuse("number", value);
  const auto shown = value.is_string() ? std::string(value.get_string()) : json::write(value);
  throw asl::EvaluationError(
      {"States.Runtime", fmt::format("The {}Path field refers to value \"{}\" which is not a valid "
                                     "float: {}",
                                     field, shown, std::get<asl::Path>(number).text())});
}

std::string Decider::text(ThreadState& thread, const asl::Text& text, const char* field) {
  if (const auto* fixed = std::get_if<std::string>(&text)) return *fixed;
  const auto input = effective_input(thread);
  const auto where = scope(thread, input.value());
  if (const auto* expression = std::get_if<asl::Expression>(&text)) {
    const auto value = expression->evaluate(where);
    if (!value.is_string()) expression->refuse("string", value);
    return std::string(value.get_string());
  }
  const auto* path = std::get_if<asl::Path>(&text);
  const auto value =
      path ? path->evaluate_field(where, field) : std::get<asl::Intrinsic>(text).evaluate(where);
  if (value.is_string()) return std::string(value.get_string());
  throw asl::EvaluationError(
      {"States.Runtime", fmt::format("The {} field '{}' must be a string but was: {}", field,
                                     path ? path->text() : std::get<asl::Intrinsic>(text).text(),
                                     json::write(value))});
}

}  // namespace orch::execution
