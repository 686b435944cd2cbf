#include "orchestrator/pipeline/overlap.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orch::pipeline {
namespace {

constexpr std::array<std::pair<Overlap, std::string_view>, 5> words{{
    {Overlap::skip, "skip"},
    {Overlap::queue_one, "queue_one"},
    {Overlap::queue_all, "queue_all"},
    {Overlap::cancel_running, "cancel_running"},
    {Overlap::allow, "allow"},
}};

}  // namespace

std::string_view to_string(Overlap overlap) {
  for (const auto& [value, word] : words)
    if (value == overlap) return word;
  return {};
}

Overlap read_overlap(json::Fields& pipeline) {
  const auto found = pipeline.string("overlap");
  if (!found) return Overlap::skip;
  std::vector<std::string> known;
  for (const auto& [value, word] : words) {
    if (word == *found) return value;
    known.emplace_back(word);
  }
  pipeline.problem("overlap",
                   fmt::format("overlap is \"{}\"{}", *found, did_you_mean(*found, known)),
                   fmt::format("one of {}", fmt::join(known, ", ")));
  return Overlap::skip;
}

}  // namespace orch::pipeline
