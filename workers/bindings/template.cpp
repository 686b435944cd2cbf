#include "workers/bindings/template.h"

#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/json/expression_marks.h"
#include "orchestrator/jsonata/jsonata.h"
#include "workers/worker.h"

namespace orch::bindings {

namespace bj = boost::json;

struct Template::Node {
  struct Computed {
    std::string text;
    jsonata::Expression expression;
  };
  std::variant<bj::value, Computed, std::vector<Node>, std::vector<std::pair<std::string, Node>>>
      content;

  static Node compile(const bj::value& source);
  bj::value evaluate(const bj::value& input, const bj::value& result) const;
};

Template::Node Template::Node::compile(const bj::value& source) {
  if (source.is_array()) {
    std::vector<Node> items;
    for (const auto& item : source.get_array()) items.push_back(compile(item));
    return {std::move(items)};
  }
  if (source.is_object()) {
    std::vector<std::pair<std::string, Node>> members;
    for (const auto& [key, value] : source.get_object()) members.emplace_back(key, compile(value));
    return {std::move(members)};
  }
  if (!source.is_string()) return {source};
  const auto marked = json::marked_expression(source.get_string());
  if (!marked) return {source};
  std::string expression(*marked);
  auto parsed = jsonata::Expression::parse(expression, {.step_functions = true});
  return {Computed{std::move(expression), std::move(parsed)}};
}

bj::value Template::Node::evaluate(const bj::value& input, const bj::value& result) const {
  if (const auto* fixed = std::get_if<bj::value>(&content)) return *fixed;
  if (const auto* items = std::get_if<std::vector<Node>>(&content)) {
    bj::array made;
    for (const auto& item : *items) made.push_back(item.evaluate(input, result));
    return made;
  }
  if (const auto* members = std::get_if<std::vector<std::pair<std::string, Node>>>(&content)) {
    bj::object made;
    for (const auto& [name, member] : *members) made[name] = member.evaluate(input, result);
    return made;
  }
  const auto& computed = std::get<Computed>(content);
  try {
    jsonata::Environment environment;
    environment.limits = jsonata::bounded();
    auto value =
        computed.expression.evaluate(&input, {{"input", &input}, {"result", &result}}, environment);
    if (value) return std::move(*value);
    throw workers::TaskFailed(
        "Binding.Failed",
        fmt::format("the expression '{}' of the binding returned nothing", computed.text),
        "compare it with the task's input in `orch history`", "ORCH-0651");
  } catch (const jsonata::Error& error) {
    throw workers::TaskFailed("Binding.Failed",
                              fmt::format("the expression '{}' of the binding failed: {}: {}",
                                          computed.text, error.code(), error.what()),
                              {}, "ORCH-0651");
  } catch (const jsonata::NotJson& error) {
    throw workers::TaskFailed(
        "Binding.Failed",
        fmt::format("the expression '{}' of the binding: {}", computed.text, error.what()), {},
        "ORCH-0651");
  }
}

Template::Template(const bj::value& source)
    : root_(std::make_unique<Node>(Node::compile(source))) {}
Template::~Template() = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;

bj::value Template::evaluate(const bj::value& input, const bj::value& result) const {
  return root_->evaluate(input, result);
}

}  // namespace orch::bindings
