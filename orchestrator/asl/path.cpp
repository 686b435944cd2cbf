#include "orchestrator/asl/path.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path_follow.h"
#include "orchestrator/asl/path_program.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

// About a second's worth. A 256 KiB document has fewer than 130,000 places; only `..` piled on
// `..` comes near.
constexpr std::uint64_t visits = 5'000'000;

/// What the path starts from; null for a variable that is not set.
const bj::value* document(const PathProgram& program, const Scope& scope) {
  if (program.root == PathProgram::Root::context) return &scope.context();
  if (program.root != PathProgram::Root::variable) return scope.data;
  return scope.variable ? scope.variable(program.variable) : nullptr;
}

EvaluationError mismatch(const PathProgram& program, const bj::value& document) {
  return EvaluationError(
      {"States.ResultPathMatchFailure", fmt::format("Unable to apply ReferencePath {} to input {}",
                                                    program.text, json::write(document))});
}

/// Whether the path can be written: everything on the way is there, or a member that is missing
/// has only members below it.
bool applicable(const std::vector<Step>& steps, const bj::value& document) {
  const auto* at = &document;
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    const auto* next = one_step(*at, *step, true);
    if (next == nullptr)
      return at->is_object() && std::all_of(step, steps.end(), [](const Step& s) {
               return std::holds_alternative<step::Name>(s);
             });
    at = next;
  }
  return true;
}

/// The place of one step inside `at`; a missing member is made.
bj::value& enter(bj::value& at, const Step& step) {
  if (const auto* name = std::get_if<step::Name>(&step))
    return at.get_object().emplace(name->name, bj::object()).first->value();
  return at.get_array()[static_cast<std::size_t>(std::get<step::Index>(step).index)];
}

/// True for a path whose last step is an index that its array does not have: null in a template,
/// as the service's documents of that place read an element that is not there.
bool ends_outside(const PathProgram& program, const Scope& scope) {
  const auto* start = document(program, scope);
  if (!program.definite() || !start) return false;
  Stop stop;
  return !follow(program, *start, stop) && stop.step + 1 == program.steps.size() &&
         !std::holds_alternative<step::Name>(program.steps[stop.step]) && stop.at->is_array();
}

bool names_one_place(const Step& step) {
  const auto* index = std::get_if<step::Index>(&step);
  return std::holds_alternative<step::Name>(step) || (index != nullptr && index->index >= 0);
}

}  // namespace

Path Path::compile(std::string_view text) {
  Path path;
  path.program_ = parse_path(text);
  return path;
}

const std::string& Path::text() const { return program_->text; }

bool Path::definite() const { return program_->definite(); }

std::string_view Path::variable() const { return program_->variable; }

bool Path::is_root() const {
  return program_->root == PathProgram::Root::data && program_->steps.empty() &&
         program_->calls.empty();
}

std::variant<bj::value, NoValue> Path::resolve(const Scope& scope) const {
  const auto* start = document(*program_, scope);
  if (!start) return NoValue{fmt::format("No results for variable: ${}", program_->variable), true};
  auto budget = visits;
  return run(*program_, *start, {start, nullptr, &budget});
}

void Path::require_input(const Scope& scope) const {
  if (program_->root == PathProgram::Root::data && scope.data->is_null())
    throw EvaluationError(
        {"States.Runtime", "Unable to apply Path transformation to null or empty input"});
}

bj::value Path::evaluate(const Scope& scope) const {
  require_input(scope);
  auto answer = resolve(scope);
  if (auto* value = std::get_if<bj::value>(&answer)) return std::move(*value);
  throw EvaluationError({"States.Runtime", fmt::format("Invalid path '{}' : {}", text(),
                                                       std::get<NoValue>(answer).reason)});
}

bj::value Path::evaluate_field(const Scope& scope, std::string_view field) const {
  if (ends_outside(*program_, scope)) return nullptr;
  auto answer = resolve(scope);
  if (auto* value = std::get_if<bj::value>(&answer)) return std::move(*value);
  auto& none = std::get<NoValue>(answer);
  if (!none.missing) throw EvaluationError({"States.Runtime", std::move(none.reason)});
  throw EvaluationError(
      {"States.Runtime", fmt::format("The JSONPath '{}' specified for the field '{}' could not be "
                                     "found in the input '{}'",
                                     text(), field, json::write(*scope.data))});
}

const bj::value* Path::find(const Scope& scope) const {
  if (!program_->definite()) return nullptr;
  const auto* start = document(*program_, scope);
  Stop stop;
  return start ? follow(*program_, *start, stop) : nullptr;
}

ReferencePath ReferencePath::compile(std::string_view text) {
  ReferencePath path;
  path.program_ = parse_path(text);
  const auto& program = *path.program_;
  if (program.root != PathProgram::Root::data)
    throw SyntaxProblem(fmt::format(
        "\"{}\" is not a reference path: the context object and variables cannot be written here; "
        "start with $",
        text));
  if (!program.definite() ||
      !std::all_of(program.steps.begin(), program.steps.end(), names_one_place))
    throw SyntaxProblem(fmt::format(
        "\"{}\" is not a reference path: only names and indexes from 0 are allowed, as in $.a.b[0]",
        text));
  return path;
}

const std::string& ReferencePath::text() const { return program_->text; }

bool ReferencePath::is_root() const { return program_->steps.empty(); }

void ReferencePath::assign(bj::value& document, bj::value result) const {
  if (!applicable(program_->steps, document)) throw mismatch(*program_, document);
  auto* at = &document;
  for (const auto& step : program_->steps) at = &enter(*at, step);
  *at = std::move(result);
}

}  // namespace orch::asl
