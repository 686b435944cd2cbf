#include "orchestrator/asl/intrinsic.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/intrinsic_program.h"
#include "orchestrator/asl/random.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

std::string_view kind_name(const bj::value& value) {
  if (value.is_number()) return "a number";
  if (value.is_bool()) return "a boolean";
  if (value.is_string()) return "text";
  if (value.is_array()) return "an array";
  return value.is_object() ? "an object" : "null";
}

Invocation::Value resolve(const Path& path, const Scope& scope) {
  if (path.definite())
    if (const auto* place = path.find(scope)) return {place, std::nullopt};
  auto answer = path.resolve(scope);
  if (auto* value = std::get_if<bj::value>(&answer)) return {nullptr, std::move(*value)};
  const auto& none = std::get<NoValue>(answer);
  if (!none.missing) throw Refusal(none.reason);
  throw Refusal(
      fmt::format("The JsonPath argument for the field '{}' could not be found in the input '{}'",
                  path.text(), json::write(*scope.data)));
}

bj::value evaluate_call(const IntrinsicCall& call, const Scope& scope, std::uint64_t seed);

struct ArgumentValue {
  const Scope& scope;
  std::uint64_t seed;

  Invocation::Value operator()(const bj::value& literal) const { return {&literal, std::nullopt}; }
  Invocation::Value operator()(const Path& path) const { return resolve(path, scope); }
  Invocation::Value operator()(const std::unique_ptr<const IntrinsicCall>& call) const {
    return {nullptr, evaluate_call(*call, scope, seed)};
  }
};

bj::value evaluate_call(const IntrinsicCall& call, const Scope& scope, std::uint64_t seed) {
  std::vector<Invocation::Value> values;
  values.reserve(call.arguments.size());
  for (const auto& argument : call.arguments)
    values.push_back(std::visit(ArgumentValue{scope, seed}, argument));
  return call.function->apply(
      Invocation(call.function->name, std::move(values), derive_seed(seed, call.number)));
}

void collect_call(const IntrinsicCall& call, std::set<std::string>& names) {
  for (const auto& argument : call.arguments) {
    const auto* path = std::get_if<Path>(&argument);
    if (path && !path->variable().empty()) names.emplace(path->variable());
    if (const auto* nested = std::get_if<std::unique_ptr<const IntrinsicCall>>(&argument))
      collect_call(**nested, names);
  }
}

}  // namespace

struct Intrinsic::Compiled {
  std::string text;
  std::unique_ptr<const IntrinsicCall> call;
};

Intrinsic Intrinsic::compile(std::string_view text) {
  Intrinsic intrinsic;
  intrinsic.compiled_ =
      std::make_shared<const Compiled>(Compiled{std::string(text), parse_intrinsic(text)});
  return intrinsic;
}

const std::string& Intrinsic::text() const { return compiled_->text; }

void Intrinsic::collect_variables(std::set<std::string>& names) const {
  collect_call(*compiled_->call, names);
}

bj::value Intrinsic::evaluate(const Scope& scope) const { return evaluate(scope, scope.seed); }

bj::value Intrinsic::evaluate(const Scope& scope, std::uint64_t seed) const {
  try {
    return evaluate_call(*compiled_->call, scope, seed);
  } catch (const Refusal& refusal) {
    throw EvaluationError(
        {"States.Runtime",
         fmt::format("The function '{}' had the following error: {}", text(), refusal.what())});
  }
}

void Invocation::refuse(std::string_view why) const {
  throw Refusal(fmt::format("Invalid arguments in {}: {}", name_, why));
}

void Invocation::mistyped(std::size_t i, std::string_view expected) const {
  refuse(fmt::format("argument {} is {}, expected {}", i + 1, kind_name(any(i)), expected));
}

const bj::value& Invocation::any(std::size_t i) const {
  const auto& value = values_[i];
  return value.made ? *value.made : *value.place;
}

const bj::array& Invocation::array(std::size_t i) const {
  if (const auto* array = any(i).if_array()) return *array;
  mistyped(i, "an array");
}

const bj::object& Invocation::object(std::size_t i) const {
  if (const auto* object = any(i).if_object()) return *object;
  mistyped(i, "an object");
}

std::string_view Invocation::text(std::size_t i) const {
  if (const auto* text = any(i).if_string()) return {text->data(), text->size()};
  mistyped(i, "text");
}

std::int64_t Invocation::whole(std::size_t i) const {
  const auto& value = any(i);
  if (const auto* number = value.if_int64()) return *number;
  if (!value.is_number()) mistyped(i, "a number");
  const auto number = std::trunc(value.to_number<double>());
  if (std::abs(number) >= 9.2e18) refuse(fmt::format("argument {} is too large", i + 1));
  return static_cast<std::int64_t>(number);
}

std::int64_t Invocation::rounded(std::size_t i) const {
  const auto* number = any(i).if_double();
  if (number == nullptr) return whole(i);
  const auto floor = std::floor(*number);
  if (std::abs(floor) >= 9.2e18) refuse(fmt::format("argument {} is too large", i + 1));
  return static_cast<std::int64_t>(floor) + (*number - floor >= 0.5 ? 1 : 0);
}

}  // namespace orch::asl
