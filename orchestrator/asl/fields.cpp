#include "orchestrator/asl/fields.h"

#include <algorithm>

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

}  // namespace

std::string describe_type(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case bj::kind::string:
      return fmt::format("the string {}", json::write(value).substr(0, 60));
    case bj::kind::array:
      return "an array";
    case bj::kind::object:
      return "an object";
    default:
      return "the number " + json::write(value);
  }
}

std::string Fields::at(std::string_view field) const {
  return field.empty() ? pointer_ : pointer_ + "/" + json::pointer_token(field);
}

void Fields::problem(std::string_view field, std::string message, std::string hint) const {
  problems_.push_back({at(field), std::move(message), std::move(hint)});
}

bool Fields::has(std::string_view field) const {
  return object_.contains({field.data(), field.size()});
}

const bj::value* Fields::get(std::string_view field) {
  known_.emplace(field);
  return object_.if_contains({field.data(), field.size()});
}

void Fields::accept(std::initializer_list<std::string_view> fields) {
  for (const auto field : fields) known_.emplace(field);
}

template <class T>
std::optional<T> Fields::mismatch(std::string_view field, std::string_view expected) {
  const auto& found = object_.at({field.data(), field.size()});
  problem(field, fmt::format("{} must be {}, found {}", field, expected, describe_type(found)));
  return std::nullopt;
}

std::optional<std::string> Fields::string(std::string_view field) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  if (!value->is_string()) return mismatch<std::string>(field, "a string");
  return std::string(value->get_string());
}

std::string Fields::required_string(std::string_view field) {
  if (!get(field)) {
    problem("", fmt::format("the field {} is required", field));
    return {};
  }
  auto text = string(field);
  if (text && text->empty()) problem(field, fmt::format("{} must not be empty", field));
  return text.value_or("");
}

std::optional<bool> Fields::boolean(std::string_view field) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  if (!value->is_bool()) return mismatch<bool>(field, "true or false");
  return value->get_bool();
}

std::optional<std::int64_t> Fields::integer(std::string_view field, std::int64_t least,
                                            std::int64_t most) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  const auto expected = fmt::format("an integer from {} to {}", least, most);
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most)
    return mismatch<std::int64_t>(field, expected);
  return value->get_int64();
}

std::optional<double> Fields::number(std::string_view field, double least) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  const auto expected = fmt::format("a number not below {}", least);
  if (!value->is_number() || value->to_number<double>() < least)
    return mismatch<double>(field, expected);
  return value->to_number<double>();
}

const bj::object* Fields::object(std::string_view field) {
  const auto* value = get(field);
  if (!value) return nullptr;
  if (!value->is_object()) mismatch<int>(field, "an object");
  return value->if_object();
}

const bj::array* Fields::array(std::string_view field) {
  const auto* value = get(field);
  if (!value) return nullptr;
  if (!value->is_array()) mismatch<int>(field, "an array");
  return value->if_array();
}

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
  const auto before = problems_.size();
  check_template(*value, at(field), problems_);
  if (problems_.size() > before) return std::nullopt;
  try {
    return PayloadTemplate::compile(*value);
  } catch (const SyntaxProblem& error) {
    problem(field, error.what());
    return std::nullopt;
  }
}

std::optional<Number> Fields::number_or_path(const std::string& field, std::int64_t least,
                                             std::int64_t most) {
  const auto by_path = field + "Path";
  if (has(field) && has(by_path))
    problem(by_path, fmt::format("a state may have only one of {} and {}", field, by_path));
  std::optional<Number> result;
  if (const auto fixed = integer(field, least, most)) result = *fixed;
  if (const auto read = path(by_path)) result = *read;
  return result;
}

void Fields::finish(const std::string& context, const std::vector<std::string>& elsewhere) {
  for (const auto& [key, value] : object_) {
    const std::string name(key);
    if (name == "Comment" || known_.contains(name)) continue;
    if (std::find(elsewhere.begin(), elsewhere.end(), name) != elsewhere.end()) {
      problem(name, fmt::format("the field {} does not belong in {}", name, context));
      continue;
    }
    const std::vector<std::string> candidates(known_.begin(), known_.end());
    problem(name,
            fmt::format("no field \"{}\" in {}{}", name, context, did_you_mean(name, candidates)));
  }
}

}  // namespace orch::asl
