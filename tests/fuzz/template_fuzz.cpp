// Payload templates of both languages, and with them the intrinsic functions: the first line is a
// template (or a call), the rest its document.
#include <string>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/intrinsic.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/asl/payload_template.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scope.h"

using namespace orch;

namespace {

template <class Compiled>
std::string outcome(const Compiled& compiled, const asl::Scope& scope) {
  try {
    return json::write(compiled.evaluate(scope));
  } catch (const asl::EvaluationError& error) {
    return error.failure().error + ": " + error.failure().cause;
  }
}

template <class Compile>
void check(Compile compile, const boost::json::value& document) {
  try {
    const auto compiled = compile();
    const auto scope = fuzz::scope_of(document);
    fuzz::require(outcome(compiled, scope) == outcome(compiled, scope),
                  "the same scope gives the same result");
  } catch (const asl::SyntaxProblem&) {
    // refused, with words
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto text = fuzz::next_line(rest);
  const auto document = fuzz::document_of(rest);
  boost::json::value source;
  try {
    source = json::parse(text);
  } catch (const json::SyntaxError&) {
    check([&] { return asl::Intrinsic::compile(text); }, document);
    return 0;
  }
  check([&] { return asl::PayloadTemplate::compile(source); }, document);
  check([&] { return asl::PayloadTemplate::compile_jsonata(source, "Output"); }, document);
  return 0;
}
