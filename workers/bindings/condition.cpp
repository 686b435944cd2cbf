#include "workers/bindings/condition.h"

#include <fmt/format.h>

#include "orchestrator/json/expression_marks.h"
#include "orchestrator/jsonata/jsonata.h"
#include "workers/worker.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;

std::string_view bare(std::string_view text) {
  return json::marked_expression(text).value_or(text);
}

[[noreturn]] void fail(std::string_view text, const std::string& why) {
  throw workers::TaskFailed("Binding.Failed",
                            fmt::format("the condition '{}' of the binding {}", text, why), {},
                            "ORCH-0651");
}

}  // namespace

struct Condition::Compiled {
  std::string text;
  jsonata::Expression expression;
};

Condition::Condition(std::string_view text)
    : compiled_(std::make_shared<const Compiled>(
          Compiled{std::string(bare(text)),
                   jsonata::Expression::parse(bare(text), {.step_functions = true})})) {}

bool operator==(const Condition& a, const Condition& b) {
  return a.compiled_->text == b.compiled_->text;
}

bool Condition::holds(const bj::value& input) const {
  jsonata::Environment environment;
  environment.limits = jsonata::bounded();
  try {
    const auto value = compiled_->expression.evaluate(&input, {{"input", &input}}, environment);
    if (value && !value->is_bool()) fail(compiled_->text, "must give true or false");
    return value && value->get_bool();
  } catch (const jsonata::Error& error) {
    fail(compiled_->text, fmt::format("failed: {}: {}", error.code(), error.what()));
  } catch (const jsonata::NotJson&) {
    fail(compiled_->text, "must give true or false");
  }
}

}  // namespace orch::bindings
