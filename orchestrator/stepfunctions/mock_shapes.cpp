#include "orchestrator/stepfunctions/mock_shapes.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/utf8.h"
#include "orchestrator/base/embedded.h"
#include "orchestrator/json/text.h"

namespace orch::stepfunctions {

/// schema/service_answers.json.
std::span<const EmbeddedFile> service_answers();

namespace {

namespace bj = boost::json;

/// By service; scripts/service-answers tells the form.
const bj::object& all_services() {
  static const bj::value all = json::parse(service_answers().front().text);
  return all.get_object();
}

/// What an operation answers.
struct Answer {
  const bj::object* shapes = nullptr;  ///< of the service
  std::string_view shape;
};

/// `resource` behind "arn:aws:states:::". With ".sync" and its kin the task waits for something
/// else than the operation's answer. Null shapes: not known.
Answer answer_of(std::string_view resource) {
  constexpr std::string_view sdk = "aws-sdk:";
  if (resource.starts_with(sdk)) resource.remove_prefix(sdk.size());
  const auto colon = resource.find(':');
  if (colon == resource.npos) return {};
  auto service = resource.substr(0, colon);
  constexpr std::array names = {std::pair{"states", "stepfunctions"},
                                std::pair{"sfn", "stepfunctions"},
                                std::pair{"eventbridge", "events"}};
  for (const auto& [in_arns, in_models] : names)
    if (service == in_arns) service = in_models;
  const auto* known = all_services().if_contains(service);
  if (!known) return {};
  const auto& parts = known->get_object();
  const auto* shape = parts.at("operations").get_object().if_contains(resource.substr(colon + 1));
  if (!shape) return {};
  return {&parts.at("shapes").get_object(), shape->get_string()};
}

/// Checks values against the shapes of one service. Every check gives the first fault it finds;
/// empty: none.
class Check {
 public:
  Check(const bj::object& shapes, MockMode mode) : shapes_(shapes), mode_(mode) {}

  std::string value(const bj::value& value, std::string_view field, std::string_view name) const {
    const auto* found = shapes_.if_contains(name);
    if (!found) return scalar(value, field, name, {});
    const auto& shape = found->get_object();
    if (const auto* type = shape.if_contains("type"))
      return scalar(value, field, type->get_string(), shape);
    if (const auto* items = shape.if_contains("items"))
      return list(value, field, items->get_string());
    if (const auto* values = shape.if_contains("values"))
      return map(value, field, values->get_string());
    return structure(value, field, shape);
  }

 private:
  static std::string mistyped(std::string_view field, std::string_view expected) {
    return fmt::format("Field '{}' must be {}", field, expected);
  }

  static std::string scalar(const bj::value& value, std::string_view field, std::string_view type,
                            const bj::object& limits) {
    if (type == "number") {
      if (!value.is_number()) return mistyped(field, "a number");
      return outside(value.to_number<double>(), field, limits, "less than the minimum value",
                     "greater than the maximum value");
    }
    if (type == "boolean") return value.is_bool() ? std::string() : mistyped(field, "a boolean");
    if (!value.is_string()) return mistyped(field, "a string");
    if (const auto* allowed = limits.if_contains("enum")) {
      const auto& names = allowed->get_array();
      if (std::find(names.begin(), names.end(), value) == names.end())
        return fmt::format("Field '{}' is not an expected value", field);
    }
    const auto size = asl::utf16_length(std::string_view(value.get_string()));
    return outside(static_cast<double>(size), field, limits, "smaller than the minimum length",
                   "larger than the maximum length");
  }

  static std::string outside(double size, std::string_view field, const bj::object& limits,
                             std::string_view below, std::string_view above) {
    const auto* least = limits.if_contains("min");
    const auto* most = limits.if_contains("max");
    if (least && size < least->to_number<double>())
      return fmt::format("Field '{}' is {}", field, below);
    if (most && size > most->to_number<double>())
      return fmt::format("Field '{}' is {}", field, above);
    return {};
  }

  std::string list(const bj::value& value, std::string_view field, std::string_view items) const {
    if (!value.is_array()) return mistyped(field, "an array");
    for (const auto& item : value.get_array())
      if (auto fault = this->value(item, field, items); !fault.empty()) return fault;
    return {};
  }

  std::string map(const bj::value& value, std::string_view field, std::string_view values) const {
    if (!value.is_object()) return mistyped(field, "an object");
    for (const auto& [key, member] : value.get_object())
      if (auto fault = this->value(member, key, values); !fault.empty()) return fault;
    return {};
  }

  std::string structure(const bj::value& value, std::string_view field,
                        const bj::object& shape) const {
    if (!value.is_object()) return mistyped(field, "an object");
    const auto& object = value.get_object();
    const auto* required = shape.if_contains("required");
    for (const auto& [name, member] : shape.at("members").get_object()) {
      if (const auto* given = object.if_contains(name)) {
        auto fault = this->value(*given, name, member.get_string());
        if (!fault.empty()) return fault;
      } else if (mode_ == MockMode::strict && required && holds(required->get_array(), name)) {
        return fmt::format("Required field '{}' is missing", std::string_view(name));
      }
    }
    return {};
  }

  static bool holds(const bj::array& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](const bj::value& each) {
      return std::string_view(each.get_string()) == name;
    });
  }

  const bj::object& shapes_;
  MockMode mode_;
};

}  // namespace

std::string mock_fault(std::string_view resource, const bj::value& result, MockMode mode) {
  constexpr std::string_view prefix = "arn:aws:states:::";
  if (mode == MockMode::none || !resource.starts_with(prefix)) return {};
  const auto answer = answer_of(resource.substr(prefix.size()));
  if (!answer.shapes) return {};
  if (!result.is_object()) return "Mocked result must be a JSON object.";
  return Check(*answer.shapes, mode).value(result, "", answer.shape);
}

}  // namespace orch::stepfunctions
