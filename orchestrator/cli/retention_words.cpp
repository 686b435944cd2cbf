#include "orchestrator/cli/retention_words.h"

#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::cli {
namespace {

constexpr std::string_view export_word = "export";

std::optional<std::int64_t>* limit_of(pipeline::Retention& keep, std::string_view word) {
  if (word == "days") return &keep.days;
  if (word == "runs") return &keep.runs;
  if (word == "failure-days") return &keep.failure_days;
  return nullptr;
}

[[noreturn]] void refuse(const Setting& setting, std::string_view word) {
  throw Error("ORCH-0001",
              fmt::format("retention (from {}) has the word \"{}\"", setting.origin, word),
              "days:N, runs:N, failure-days:N with numbers from 1, or export:FOLDER");
}

}  // namespace

host::RetentionDefaults retention_of(const Settings& settings) {
  host::RetentionDefaults made;
  for (const std::string_view word : settings.list("retention")) {
    const auto colon = std::min(word.find(':'), word.size());
    const auto value = word.substr(std::min(colon + 1, word.size()));
    if (word.substr(0, colon) == export_word && !value.empty()) {
      made.export_folder = std::filesystem::absolute(value);
      continue;
    }
    auto* limit = limit_of(made.keep, word.substr(0, colon));
    std::int64_t number = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, failed] = std::from_chars(value.data(), end, number);
    if (!limit || failed != std::errc{} || stop != end || number < 1)
      refuse(settings.get("retention"), word);
    *limit = number;
  }
  return made;
}

}  // namespace orch::cli
