// JSONata: the first line is an expression, the rest its input. Whatever it asks for ends in good
// time with a value or an error, the same each time.
#include <string>

#include "orchestrator/jsonata/jsonata.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scope.h"

using namespace orch;

namespace {

std::string outcome(const jsonata::Expression& expression, const boost::json::value& input) {
  jsonata::Environment environment;
  environment.now = 1'509'380'732'935;
  environment.seed = 42;
  environment.limits.steps = 20'000;
  try {
    const auto value = expression.evaluate(&input, {}, environment);
    return value ? json::write(*value) : "undefined";
  } catch (const jsonata::Error& error) {
    // Those of $error() and $assert() are the author's.
    const bool own = error.code() == "D3137" || error.code() == "D3141";
    fuzz::require(own || (!error.code().empty() && *error.what() != '\0'),
                  "an error has a code and words");
    return error.code() + ": " + error.what();
  } catch (const jsonata::NotJson&) {
    return "a function";
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto text = fuzz::next_line(rest);
  const auto input = fuzz::document_of(rest);
  for (const bool step_functions : {false, true}) {
    try {
      const auto expression = jsonata::Expression::parse(text, {.step_functions = step_functions});
      const auto first = outcome(expression, input);
      fuzz::require(outcome(expression, input) == first, "evaluating again gives the same");
    } catch (const jsonata::Error& error) {
      fuzz::require(!error.code().empty(), "an error has a code");
    }
  }
  return 0;
}
