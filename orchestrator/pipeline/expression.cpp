#include "orchestrator/pipeline/expression.h"

#include <stdexcept>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::pipeline {
namespace {

constexpr std::string_view begin_mark = "{%";
constexpr std::string_view end_mark = "%}";

std::string_view between_marks(std::string_view text) {
  return text.substr(begin_mark.size(), text.size() - begin_mark.size() - end_mark.size());
}

}  // namespace

bool is_expression(std::string_view text) {
  return text.size() >= begin_mark.size() + end_mark.size() && text.starts_with(begin_mark) &&
         text.ends_with(end_mark);
}

std::optional<jsonata::Expression> read_expression(std::string_view text,
                                                   const std::string& pointer,
                                                   json::Problems& problems) {
  if (!is_expression(text)) return std::nullopt;
  try {
    auto expression = jsonata::Expression::parse(between_marks(text), {.step_functions = true});
    for (const auto& name : expression.variables())
      if (name != "trigger" && name != "pipeline" && expression.references().members.contains(name))
        problems.push_back({pointer, fmt::format("there is no ${} here", name),
                            "an input reads $trigger and $pipeline"});
    return expression;
  } catch (const jsonata::Error& error) {
    problems.push_back({pointer, fmt::format("the expression cannot be read: {}", error.what()),
                        "it is JSONata: {% $trigger.date %}"});
  }
  return std::nullopt;
}

std::optional<boost::json::value> evaluate(const jsonata::Expression& expression,
                                           const std::string& what,
                                           const boost::json::object& trigger,
                                           const boost::json::object& pipeline) {
  const boost::json::value trigger_value(trigger);
  const boost::json::value pipeline_value(pipeline);
  try {
    return expression.evaluate(nullptr,
                               {{"trigger", &trigger_value}, {"pipeline", &pipeline_value}},
                               {.limits = jsonata::bounded()});
  } catch (const std::runtime_error& error) {
    throw Error("ORCH-0803", fmt::format("{}: {}", what, error.what()),
                "expressions of a pipeline read $trigger and $pipeline");
  }
}

}  // namespace orch::pipeline
