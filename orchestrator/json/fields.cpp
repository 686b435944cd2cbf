#include "orchestrator/json/fields.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"

namespace orch::json {

namespace bj = boost::json;

void locate_problems(std::string_view text, Problems& problems) {
  std::vector<std::string> pointers;
  for (const auto& problem : problems) pointers.push_back(problem.pointer);
  const auto places = locate(text, pointers);
  for (std::size_t i = 0; i < problems.size(); ++i) {
    problems[i].line = places[i].line;
    problems[i].column = places[i].column;
  }
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
}

std::string describe_type(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case bj::kind::string:
      return fmt::format("the string {}", write(value).substr(0, 60));
    case bj::kind::array:
      return "an array";
    case bj::kind::object:
      return "an object";
    default:
      return "the number " + write(value);
  }
}

std::string Fields::at(std::string_view field) const {
  return field.empty() ? pointer_ : pointer_ + "/" + pointer_token(field);
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

void Fields::mismatch(std::string_view field, std::string_view expected) const {
  const auto& found = object_.at({field.data(), field.size()});
  problem(field, fmt::format("{} must be {}, found {}", field, expected, describe_type(found)));
}

std::optional<std::string> Fields::string(std::string_view field) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  if (value->is_string()) return std::string(value->get_string());
  mismatch(field, "a string");
  return std::nullopt;
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
  if (value->is_bool()) return value->get_bool();
  mismatch(field, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view field, std::int64_t least,
                                            std::int64_t most) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
    return value->get_int64();
  mismatch(field, fmt::format("an integer from {} to {}", least, most));
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view field, double least) {
  const auto* value = get(field);
  if (!value) return std::nullopt;
  if (value->is_number() && value->to_number<double>() >= least) return value->to_number<double>();
  mismatch(field, fmt::format("a number not below {}", least));
  return std::nullopt;
}

const bj::object* Fields::object(std::string_view field) {
  const auto* value = get(field);
  if (!value) return nullptr;
  if (!value->is_object()) mismatch(field, "an object");
  return value->if_object();
}

const bj::array* Fields::array(std::string_view field) {
  const auto* value = get(field);
  if (!value) return nullptr;
  if (!value->is_array()) mismatch(field, "an array");
  return value->if_array();
}

std::vector<std::string> Fields::strings(std::string_view field) {
  std::vector<std::string> found;
  const auto* list = array(field);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto& item = (*list)[i];
    if (item.is_string())
      found.emplace_back(item.get_string());
    else
      problems_.push_back(
          {fmt::format("{}/{}", at(field), i),
           fmt::format("{} must hold strings, found {}", field, describe_type(item))});
  }
  return found;
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

}  // namespace orch::json
