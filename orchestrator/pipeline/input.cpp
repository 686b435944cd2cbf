#include "orchestrator/pipeline/input.h"

#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/json/locations.h"
#include "orchestrator/jsonata/jsonata.h"
#include "orchestrator/pipeline/expression.h"

namespace orch::pipeline {
namespace {

namespace bj = boost::json;

std::string child(const std::string& pointer, std::string_view member) {
  return pointer + "/" + json::pointer_token(member);
}

/// Calls `take` with each text that is an expression and its pointer inside of the template.
template <class Take>
void each_expression(const bj::value& value, const std::string& pointer, const Take& take) {
  if (const auto* text = value.if_string()) {
    if (is_expression(*text)) take(pointer, *text);
  } else if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      each_expression((*list)[i], child(pointer, std::to_string(i)), take);
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) each_expression(member, child(pointer, key), take);
  }
}

}  // namespace

struct InputTemplate::Compiled {
  using Results = std::map<std::string, std::optional<bj::value>, std::less<>>;

  bj::value source = bj::object();
  std::map<std::string, jsonata::Expression, std::less<>> expressions;  ///< by pointer

  std::optional<bj::value> filled(const bj::value& value, const std::string& pointer,
                                  const Results& results) const;
};

// Without the members and items whose expressions give nothing.
std::optional<bj::value> InputTemplate::Compiled::filled(const bj::value& value,
                                                         const std::string& pointer,
                                                         const Results& results) const {
  if (const auto found = results.find(pointer); found != results.end()) return found->second;
  if (const auto* list = value.if_array()) {
    bj::array made;
    for (std::size_t i = 0; i < list->size(); ++i)
      if (auto item = filled((*list)[i], child(pointer, std::to_string(i)), results))
        made.push_back(std::move(*item));
    return made;
  }
  if (const auto* object = value.if_object()) {
    bj::object made;
    for (const auto& [key, member] : *object)
      if (auto item = filled(member, child(pointer, key), results)) made[key] = std::move(*item);
    return made;
  }
  return value;
}

InputTemplate::InputTemplate() : compiled_(std::make_shared<Compiled>()) {}

InputTemplate InputTemplate::read(json::Fields& pipeline) {
  InputTemplate made;
  const auto* source = pipeline.get("input");
  if (!source) return made;
  auto compiled = std::make_shared<Compiled>();
  compiled->source = *source;
  each_expression(*source, "", [&](const std::string& pointer, std::string_view text) {
    const auto at = pipeline.at("input") + pointer;
    if (auto expression = read_expression(text, at, pipeline.problems()))
      compiled->expressions.emplace(pointer, std::move(*expression));
  });
  made.compiled_ = std::move(compiled);
  return made;
}

bj::value InputTemplate::fill(const bj::object& trigger, const bj::object& of_pipeline) const {
  Compiled::Results results;
  for (const auto& [pointer, expression] : compiled_->expressions)
    results[pointer] = pipeline::evaluate(
        expression, fmt::format("the pipeline's input at {}", pointer), trigger, of_pipeline);
  auto made = compiled_->filled(compiled_->source, "", results);
  return made ? std::move(*made) : bj::value(bj::object());
}

bj::value InputTemplate::evaluate(const bj::object& trigger, const bj::object& of_pipeline) const {
  return with_trigger(fill(trigger, of_pipeline), trigger);
}

bj::value with_trigger(bj::value input, const bj::object& trigger) {
  if (auto* object = input.if_object(); object && !object->contains("trigger"))
    (*object)["trigger"] = trigger;
  return input;
}

}  // namespace orch::pipeline
