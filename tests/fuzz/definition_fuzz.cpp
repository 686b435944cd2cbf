// Definitions: parse() never throws, whatever the text, and says the same twice.
#include <string>

#include "orchestrator/asl/parse.h"
#include "tests/fuzz/fuzz.h"

using namespace orch;

namespace {

std::string report(const asl::ParseResult& result) {
  std::string text;
  for (const auto& problem : result.problems)
    text += problem.pointer + ' ' + std::to_string(problem.line) + ' ' + problem.message + '\n';
  return text;
}

bool refused(const asl::ParseResult& result) {
  for (const auto& problem : result.problems)
    if (!problem.warning) return true;
  return false;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto result = asl::parse(text);
  fuzz::require((result.workflow == nullptr) == refused(result),
                "a definition has a workflow, or a problem that says why not");
  for (const auto& problem : result.problems)
    fuzz::require(!problem.message.empty() && problem.line > 0, "a problem has words and a line");
  fuzz::require(report(asl::parse(text)) == report(result), "parsing twice reports the same");
  return 0;
}
