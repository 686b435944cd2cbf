#include "orchestrator/jsonata/jsonata.h"

#include <algorithm>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/evaluator.h"
#include "orchestrator/jsonata/parser.h"
#include "orchestrator/jsonata/references.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

void collect_variables(const Node& node, std::set<std::string>& names) {
  if (node.kind == Kind::variable && !node.text.empty() && node.text != "$" && !node.native)
    names.insert(node.text);
  for (const auto* part : {&node.left, &node.right, &node.third}) {
    if (*part) collect_variables(**part, names);
  }
  for (const auto& child : node.children) collect_variables(*child, names);
  const auto of_pairs = [&](const auto& pairs) {
    for (const auto& [name, value] : pairs) {
      collect_variables(*name, names);
      collect_variables(*value, names);
    }
  };
  of_pairs(node.pairs);
  if (node.group) of_pairs(node.group->pairs);
  for (const auto& term : node.terms) collect_variables(*term.expression, names);
  for (const auto* stages : {&node.predicates, &node.stages}) {
    for (const auto& stage : *stages) {
      if (stage.filter) collect_variables(*stage.filter, names);
    }
  }
}

/// The error as the caller gets it: places are counted in UTF-16 units.
Error outward(const Error& error, std::string_view text) {
  auto outside = error;
  if (error.position)
    outside.position = count_units(text.substr(0, std::min(*error.position, text.size())));
  return outside;
}

}  // namespace

Expression Expression::parse(std::string_view text, Options options) {
  auto program = std::make_shared<Program>();
  program->options = options;
  program->text = text;
  try {
    program->tree = prepare(parse_text(text));
  } catch (const Raised& raised) {
    throw outward(raised, text);
  }
  collect_variables(*program->tree, program->variables);
  Expression expression;
  expression.program_ = std::move(program);
  return expression;
}

Limits bounded() {
  Limits limits;
  limits.steps = 5'000'000;
  limits.memory = 873'782L * 16;
  return limits;
}

const std::set<std::string>& Expression::variables() const { return program_->variables; }

References Expression::references() const { return references_of(*program_->tree); }

std::optional<boost::json::value> Expression::evaluate(const boost::json::value* input,
                                                       const Bindings& bindings,
                                                       const Environment& environment) const {
  const Memory memory(environment.limits.memory);
  try {
    Evaluator evaluator(*program_, environment);
    const auto result = evaluator.run(*program_, input, bindings);
    if (!result.defined()) return std::nullopt;
    return to_json(result,
                   program_->options.step_functions ? NotFinite::as_text : NotFinite::as_null);
  } catch (const Raised& raised) {
    throw outward(raised, program_->text);
  } catch (const std::bad_alloc&) {
    throw outward(Problem("D1020").error(), program_->text);
  }
}

}  // namespace orch::jsonata
