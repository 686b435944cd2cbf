#include "orchestrator/stepfunctions/parameters.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/asl/utf8.h"
#include "orchestrator/stepfunctions/error.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

const char* token_of(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::bool_:
      return value.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case bj::kind::string:
      return "STRING_VALUE";
    case bj::kind::array:
      return "START_ARRAY";
    case bj::kind::object:
      return "START_OBJECT";
    default:
      return "NUMBER_VALUE";
  }
}

[[noreturn]] void refuse_type(const bj::value& value, const char* expected) {
  throw ServiceError("SerializationException",
                     fmt::format("{} can not be converted to {}", token_of(value), expected));
}

std::string in_quotes(const std::string& value) { return "'" + value + "'"; }

std::string text_of(const bj::value& value) {
  if (!value.is_string()) refuse_type(value, "a String");
  return std::string(value.get_string());
}

}  // namespace

const bj::value* Parameters::find(std::string_view name) const {
  const auto* value = object_.if_contains({name.data(), name.size()});
  return value && !value->is_null() ? value : nullptr;
}

void Parameters::violated(std::string_view name, const std::string& value,
                          const std::string& constraint) {
  violations_.push_back({std::string(name), constraint, value});
}

void Parameters::require(std::string_view name, bool present) {
  if (!present) violated(name, "null", "Member must not be null");
}

void Parameters::require_pattern(std::string_view name, const std::string& text, bool matches,
                                 std::string_view pattern) {
  if (!matches)
    violated(name, in_quotes(text),
             fmt::format("Member must satisfy regular expression pattern: {}", pattern));
}

void Parameters::require_size(std::string_view name, std::size_t size, Length length,
                              const std::string& shown) {
  if (size < length.least)
    violated(name, in_quotes(shown),
             fmt::format("Member must have length greater than or equal to {}", length.least));
  if (size > length.most)
    violated(name, in_quotes(shown),
             fmt::format("Member must have length less than or equal to {}", length.most));
}

std::string Parameters::required(std::string_view name, Length length) {
  auto value = text(name, length);
  require(name, value.has_value());
  return value.value_or("");
}

std::optional<std::string> Parameters::text(std::string_view name, Length length) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  auto text = text_of(*value);
  const auto size = asl::utf16_length(text);
  if (size < length.least)
    violated(name, in_quotes(text),
             fmt::format("Member must have length greater than or equal to {}", length.least));
  if (size > length.most)
    violated(name, in_quotes(text),
             fmt::format("Member must have length less than or equal to {}", length.most));
  return text;
}

std::string Parameters::text_or(std::string_view name, std::string other, Length length) {
  auto value = text(name, length);
  return value ? std::move(*value) : std::move(other);
}

std::optional<std::string> Parameters::one_of(std::string_view name,
                                              std::initializer_list<std::string_view> values) {
  auto value = text(name);
  if (value && std::find(values.begin(), values.end(), *value) == values.end())
    violated(name, in_quotes(*value),
             fmt::format("Member must satisfy enum value set: [{}]", fmt::join(values, ", ")));
  return value;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t least,
                                                std::int64_t most) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_int64()) refuse_type(*value, "an Integer");
  const auto number = value->get_int64();
  if (number < least)
    violated(name, fmt::format("'{}'", number),
             fmt::format("Member must have value greater than or equal to {}", least));
  if (number > most)
    violated(name, fmt::format("'{}'", number),
             fmt::format("Member must have value less than or equal to {}", most));
  return number;
}

std::optional<double> Parameters::number(std::string_view name, double least, double most) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_number()) refuse_type(*value, "a Float");
  const auto number = value->to_number<double>();
  if (number < least)
    violated(name, fmt::format("'{}'", number),
             fmt::format("Member must have value greater than or equal to {}", least));
  if (number > most)
    violated(name, fmt::format("'{}'", number),
             fmt::format("Member must have value less than or equal to {}", most));
  return number;
}

bool Parameters::flag(std::string_view name, bool otherwise) {
  const auto* value = find(name);
  if (!value) return otherwise;
  if (!value->is_bool()) refuse_type(*value, "a Boolean");
  return value->get_bool();
}

const bj::object* Parameters::object(std::string_view name) {
  const auto* value = find(name);
  if (!value) return nullptr;
  if (!value->is_object()) refuse_type(*value, "an Object");
  return &value->get_object();
}

std::optional<std::vector<const bj::object*>> Parameters::objects(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_array()) refuse_type(*value, "a List");
  std::vector<const bj::object*> found;
  for (const auto& item : value->get_array()) {
    if (!item.is_object()) refuse_type(item, "an Object");
    found.push_back(&item.get_object());
  }
  return found;
}

std::optional<std::vector<std::string>> Parameters::texts(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_array()) refuse_type(*value, "a List");
  std::vector<std::string> found;
  for (const auto& item : value->get_array()) found.push_back(text_of(item));
  return found;
}

void Parameters::adopt(std::string_view name, const Parameters& nested) {
  for (const auto& violation : nested.violations_)
    violations_.push_back(
        {fmt::format("{}.{}", name, violation.path), violation.text, violation.value});
}

void Parameters::check() const {
  if (violations_.empty()) return;
  std::vector<std::string> texts;
  for (const auto& each : violations_)
    texts.push_back(fmt::format("Value {} at '{}' failed to satisfy constraint: {}", each.value,
                                each.path, each.text));
  throw ServiceError("ValidationException",
                     fmt::format("{} validation error{} detected: {}", texts.size(),
                                 texts.size() == 1 ? "" : "s", fmt::join(texts, "; ")));
}

}  // namespace orch::stepfunctions
