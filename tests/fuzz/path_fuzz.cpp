// JSONPath: the first line is a path, the rest its document. It compiles or is refused; evaluating
// gives a value or a failure, the same each time.
#include <optional>
#include <string>
#include <variant>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scope.h"

using namespace orch;

namespace {

std::string outcome(const asl::Path& path, const asl::Scope& scope) {
  try {
    return json::write(path.evaluate(scope));
  } catch (const asl::EvaluationError& error) {
    return error.failure().error + ": " + error.failure().cause;
  }
}

void check_path(std::string_view text, const boost::json::value& document) {
  const auto path = asl::Path::compile(text);
  const auto scope = fuzz::scope_of(document);
  const auto first = outcome(path, scope);
  fuzz::require(outcome(path, scope) == first, "evaluating a path again gives the same");
  if (const auto* found = path.find(scope)) {
    const auto answer = path.resolve(scope);
    const auto* value = std::get_if<boost::json::value>(&answer);
    fuzz::require(value && json::write(*value) == json::write(*found),
                  "find() and resolve() agree");
  }
}

void check_reference(std::string_view text, boost::json::value document) {
  const auto path = asl::ReferencePath::compile(text);
  try {
    path.assign(document, "written");
  } catch (const asl::EvaluationError&) {
    return;
  }
  fuzz::require(outcome(asl::Path::compile(text), fuzz::scope_of(document)) == "\"written\"",
                "what ResultPath writes, the same path reads");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto text = fuzz::next_line(rest);
  const auto document = fuzz::document_of(rest);
  try {
    check_path(text, document);
    check_reference(text, document);
  } catch (const asl::SyntaxProblem&) {
    // refused, with words
  }
  return 0;
}
