#include "orchestrator/asl/fields.h"

#include <fmt/format.h>

#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

// Every computed key of a template, each with its own problem: compiling the whole would stop at
// the first.
void check_template(const bj::value& value, const std::string& pointer, Problems& problems) {
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      check_template((*array)[i], fmt::format("{}/{}", pointer, i), problems);
    return;
  }
  const auto* object = value.if_object();
  if (!object) return;
  for (const auto& [key, member] : *object) {
    const auto place = pointer + "/" + json::pointer_token({key.data(), key.size()});
    if (!key.ends_with(".$")) {
      check_template(member, place, problems);
      continue;
    }
    try {
      PayloadTemplate::compile(bj::object{{key, member}});
    } catch (const SyntaxProblem& error) {
      problems.push_back({place, error.what()});
    }
  }
}

void report_unsupported(const Expression& expression, bool in_catcher, const std::string& pointer,
                        Problems& problems) {
  for (auto& message : expression.unsupported(in_catcher))
    problems.push_back({pointer, std::move(message),
                        "an expression reads $states.input, $states.context, in a catcher "
                        "$states.errorOutput, and variables by $name"});
}

// The same for JSONata: every expression, each with its own problem.
void check_expressions(const bj::value& value, bool in_catcher, const std::string& pointer,
                       Problems& problems) {
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      check_expressions((*array)[i], in_catcher, fmt::format("{}/{}", pointer, i), problems);
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      check_expressions(member, in_catcher,
                        pointer + "/" + json::pointer_token({key.data(), key.size()}), problems);
  } else if (const auto* text = value.if_string();
             text && Expression::is_one({text->data(), text->size()})) {
    try {
      report_unsupported(Expression::compile({text->data(), text->size()}, ""), in_catcher, pointer,
                         problems);
    } catch (const SyntaxProblem& error) {
      problems.push_back({pointer, error.what()});
    }
  }
}

}  // namespace

std::optional<Path> Fields::path(std::string_view field) {
  const auto text = string(field);
  if (!text) return std::nullopt;
  try {
    return Path::compile(*text);
  } catch (const SyntaxProblem& error) {
    problem(field, fmt::format("{} must be a path: {}", field, error.what()));
    return std::nullopt;
  }
}

Filter<Path> Fields::path_filter(std::string_view field) {
  Filter<Path> filter;
  const auto* value = get(field);
  filter.discard = value && value->is_null();
  if (value && !filter.discard) filter.path = path(field);
  return filter;
}

Filter<ReferencePath> Fields::reference_filter(std::string_view field) {
  Filter<ReferencePath> filter;
  const auto* value = get(field);
  filter.discard = value && value->is_null();
  if (!value || filter.discard) return filter;
  const auto text = string(field);
  if (!text) return filter;
  try {
    filter.path = ReferencePath::compile(*text);
  } catch (const SyntaxProblem& error) {
    problem(field, fmt::format("{} must be a reference path (names and indexes only): {}", field,
                               error.what()));
  }
  return filter;
}

std::optional<PayloadTemplate> Fields::payload_template(std::string_view field) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  const auto before = problems().size();
  if (jsonata())
    check_expressions(*value, in_catcher, at(field), problems());
  else
    check_template(*value, at(field), problems());
  if (problems().size() > before) return std::nullopt;
  try {
    if (jsonata()) return PayloadTemplate::compile_jsonata(*value, context_ + std::string(field));
    return PayloadTemplate::compile(*value);
  } catch (const SyntaxProblem& error) {
    problem(field, error.what());
    return std::nullopt;
  }
}

Fields Fields::nested(const bj::object& member, std::string pointer, std::string context) const {
  Fields made(member, std::move(pointer), problems());
  made.machine_language = machine_language;
  made.language = language;
  made.context_ = std::move(context);
  return made;
}

std::optional<Expression> Fields::expression(std::string_view field) {
  const auto* value = get(field);
  const auto* text = value ? value->if_string() : nullptr;
  if (!text || !Expression::is_one({text->data(), text->size()})) return std::nullopt;
  try {
    auto made = Expression::compile({text->data(), text->size()}, context_ + std::string(field));
    report_unsupported(made, in_catcher, at(field), problems());
    return made;
  } catch (const SyntaxProblem& error) {
    problem(field, error.what());
    return std::nullopt;
  }
}

std::optional<Number> Fields::computed_number(const std::string& field, std::int64_t least,
                                              std::int64_t most) {
  if (jsonata()) {
    if (auto computed = expression(field)) return Number(std::move(*computed));
    const auto fixed = integer(field, least, most);
    return fixed ? std::optional<Number>(*fixed) : std::nullopt;
  }
  const auto by_path = field + "Path";
  if (has(field) && has(by_path))
    problem(by_path, fmt::format("a state may have only one of {} and {}", field, by_path));
  std::optional<Number> result;
  if (const auto fixed = integer(field, least, most)) result = *fixed;
  if (const auto read = path(by_path)) result = *read;
  return result;
}

}  // namespace orch::asl
