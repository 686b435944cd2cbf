#include "orchestrator/pipeline/input.h"

#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::pipeline {
namespace {

namespace bj = boost::json;

constexpr std::string_view begin_mark = "{%";
constexpr std::string_view end_mark = "%}";

bool is_expression(std::string_view text) {
  return text.size() >= begin_mark.size() + end_mark.size() && text.starts_with(begin_mark) &&
         text.ends_with(end_mark);
}

std::string_view between_marks(std::string_view text) {
  return text.substr(begin_mark.size(), text.size() - begin_mark.size() - end_mark.size());
}

std::string child(const std::string& pointer, std::string_view member) {
  return pointer + "/" + json::pointer_token(member);
}

/// Calls `take` with each text that is an expression and its pointer inside of the template.
template <class Take>
void each_expression(const bj::value& value, const std::string& pointer, const Take& take) {
  if (const auto* text = value.if_string()) {
    if (is_expression(*text)) take(pointer, between_marks(*text));
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
    try {
      auto expression = jsonata::Expression::parse(text, {.step_functions = true});
      for (const auto& name : expression.variables())
        if (name != "trigger" && name != "pipeline" &&
            expression.references().members.contains(name))
          pipeline.problems().push_back({pipeline.at("input") + pointer,
                                         fmt::format("there is no ${} here", name),
                                         "an input reads $trigger and $pipeline"});
      compiled->expressions.emplace(pointer, std::move(expression));
    } catch (const jsonata::Error& error) {
      pipeline.problems().push_back({pipeline.at("input") + pointer,
                                     fmt::format("the expression cannot be read: {}", error.what()),
                                     "it is JSONata: {% $trigger.date %}"});
    }
  });
  made.compiled_ = std::move(compiled);
  return made;
}

bj::value InputTemplate::evaluate(const bj::object& trigger, const bj::object& pipeline) const {
  const bj::value trigger_value(trigger);
  const bj::value pipeline_value(pipeline);
  const jsonata::Bindings bindings{{"trigger", &trigger_value}, {"pipeline", &pipeline_value}};
  Compiled::Results results;
  for (const auto& [pointer, expression] : compiled_->expressions) {
    try {
      results[pointer] = expression.evaluate(nullptr, bindings, {.limits = jsonata::bounded()});
    } catch (const std::runtime_error& error) {
      throw Error("ORCH-0803", fmt::format("the pipeline's input at {}: {}", pointer, error.what()),
                  "the expressions of \"input\" read $trigger and $pipeline");
    }
  }
  auto made = compiled_->filled(compiled_->source, "", results);
  return with_trigger(made ? std::move(*made) : bj::value(bj::object()), trigger);
}

bj::value with_trigger(bj::value input, const bj::object& trigger) {
  if (auto* object = input.if_object(); object && !object->contains("trigger"))
    (*object)["trigger"] = trigger;
  return input;
}

}  // namespace orch::pipeline
