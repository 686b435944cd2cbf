#include "orchestrator/jsonata/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "orchestrator/jsonata/errors.h"

namespace orch::jsonata {
namespace {

// One that needs more has gone exponential.
constexpr std::uint32_t most_steps = 5'000'000;
constexpr std::uint32_t most_heap_kib = 16 * 1024;

struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};

const auto* bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct Regex::Code {
  ~Code() {
    pcre2_code_free(code);
    pcre2_match_context_free(limits);
  }
  pcre2_code* code = nullptr;
  pcre2_match_context* limits = nullptr;
};

std::shared_ptr<const Regex> Regex::compile(std::string_view pattern, std::string_view flags,
                                            std::size_t position) {
  std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX |
                          PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
                          PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C;
  for (const char flag : flags) options |= flag == 'i' ? PCRE2_CASELESS : PCRE2_MULTILINE;
  int problem = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_shared<Code>();
  code->code = pcre2_compile(bytes(pattern), pattern.size(), options, &problem, &offset, nullptr);
  if (!code->code) {
    PCRE2_UCHAR message[256];
    pcre2_get_error_message(problem, message, sizeof message);
    throw Problem("S0303")
        .at(position)
        .message("The regular expression is not valid: " +
                 std::string(reinterpret_cast<const char*>(message)))
        .error();
  }
  pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE);
  code->limits = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(code->limits, most_steps);
  pcre2_set_heap_limit(code->limits, most_heap_kib);
  auto made = std::make_shared<Regex>();
  made->pattern_ = pattern;
  made->code_ = std::move(code);
  return made;
}

std::optional<Regex::Match> Regex::find(std::string_view text, std::size_t from) const {
  const std::unique_ptr<pcre2_match_data, FreeMatch> data(
      pcre2_match_data_create_from_pattern(code_->code, nullptr));
  const auto count =
      pcre2_match(code_->code, bytes(text), text.size(), from, 0, data.get(), code_->limits);
  if (count == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (count < 0) throw Problem("D1012").error();
  const auto* places = pcre2_get_ovector_pointer(data.get());
  Match match{places[0], places[1], {}};
  const auto groups = pcre2_get_ovector_count(data.get());
  for (std::uint32_t i = 1; i < groups; ++i) {
    auto& group = match.groups.emplace_back();
    if (places[2 * i] != PCRE2_UNSET)
      group = text.substr(places[2 * i], places[2 * i + 1] - places[2 * i]);
  }
  return match;
}

}  // namespace orch::jsonata
