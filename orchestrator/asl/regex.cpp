#include "orchestrator/asl/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <array>
#include <cstdint>
#include <pcre2.h>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"

namespace orch::asl {
namespace {

// How often a pattern may backtrack on one text. Most need the first limit only; one that exceeds
// the last has gone exponential. PCRE2 does not say how much was used, hence the steps.
constexpr std::array<std::uint32_t, 3> step_limits = {1'000, 30'000, 1'000'000};
constexpr std::uint32_t steps_per_place = 20;  // about the same time
constexpr std::uint32_t most_heap_kib = 16 * 1024;
constexpr std::size_t longest_pattern = 4096;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};

std::uint32_t option(char flag) {
  switch (flag) {
    case 'i':
      return PCRE2_CASELESS;
    case 'm':
      return PCRE2_MULTILINE;
    case 's':
      return PCRE2_DOTALL;
    case 'x':
      return PCRE2_EXTENDED;
    case 'u':
    case 'U':
      return PCRE2_UCP;
    default:
      throw SyntaxProblem(
          fmt::format("unknown flag '{}' of a regular expression: expected i, m, s, u or x", flag));
  }
}

std::string message_of(int error) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

}  // namespace

struct Regex::Compiled {
  std::unique_ptr<pcre2_code, FreeCode> code;
};

Regex Regex::compile(std::string_view pattern, std::string_view flags) {
  if (pattern.size() > longest_pattern)
    throw SyntaxProblem(fmt::format("a regular expression of {} bytes: at most {} are accepted",
                                    pattern.size(), longest_pattern));
  std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
  for (const char flag : flags) options |= option(flag);
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto compiled = std::make_shared<Compiled>();
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                     options, &error, &offset, nullptr));
  if (!compiled->code)
    throw SyntaxProblem(fmt::format("the regular expression /{}/ is not valid at offset {}: {}",
                                    pattern, offset, message_of(error)));
  Regex regex;
  regex.compiled_ = std::move(compiled);
  return regex;
}

int Regex::match(std::string_view text, std::uint32_t most_steps) const {
  const std::unique_ptr<pcre2_match_data, FreeMatch> match(
      pcre2_match_data_create_from_pattern(compiled_->code.get(), nullptr));
  const std::unique_ptr<pcre2_match_context, FreeContext> limits(
      pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(limits.get(), most_steps);
  pcre2_set_heap_limit(limits.get(), most_heap_kib);
  return pcre2_match(compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                     0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, match.get(), limits.get());
}

bool Regex::matches(std::string_view text, std::uint64_t& budget) const {
  int result = PCRE2_ERROR_MATCHLIMIT;
  for (const auto limit : step_limits) {
    budget -= std::min<std::uint64_t>(budget, limit / steps_per_place);
    if (budget == 0) break;
    result = match(text, limit);
    if (result != PCRE2_ERROR_MATCHLIMIT) break;
  }
  if (result >= 0) return true;
  if (result == PCRE2_ERROR_NOMATCH) return false;
  throw EvaluationError({"States.Runtime", "A regular expression of a JSONPath filter failed: " +
                                               message_of(result)});
}

}  // namespace orch::asl
