#include "orchestrator/store/pipelines.h"

#include <array>
#include <utility>

namespace orch::store {
namespace {

constexpr std::array<std::pair<FireOutcome, std::string_view>, 5> words{{
    {FireOutcome::started, "started"},
    {FireOutcome::queued, "queued"},
    {FireOutcome::skipped, "skipped"},
    {FireOutcome::missed, "missed"},
    {FireOutcome::refused, "refused"},
}};

}  // namespace

std::string_view to_string(FireOutcome outcome) {
  for (const auto& [value, word] : words)
    if (value == outcome) return word;
  return {};
}

std::optional<FireOutcome> fire_outcome_from(std::string_view text) {
  for (const auto& [value, word] : words)
    if (word == text) return value;
  return std::nullopt;
}

}  // namespace orch::store
