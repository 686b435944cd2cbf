#include "orchestrator/base/error.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace orch {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u);
      diagonal = row[j];
      row[j] = std::min<std::size_t>({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string summary(const std::string& file, const std::vector<Problem>& problems) {
  const auto& first = problems.front();
  auto text = fmt::format("{}: {}", file, first.message);
  if (!first.pointer.empty()) text += " at " + first.pointer;
  if (first.line > 0) text += fmt::format(" (line {}, column {})", first.line, first.column);
  if (problems.size() > 1) text += fmt::format(", and {} more problems", problems.size() - 1);
  return text;
}

}  // namespace

InvalidDocument::InvalidDocument(std::string_view code, std::string file,
                                 std::vector<Problem> problems)
    : Error(code, summary(file, problems), problems.front().hint),
      file_(std::move(file)),
      problems_(std::move(problems)) {}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  // Among so many a guess is worth little, and a document full of mistakes would cost their square.
  constexpr std::size_t most_candidates = 1'000;
  if (candidates.size() > most_candidates) return {};
  const auto wanted = lower(word);
  std::string best;
  auto best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(wanted, lower(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string{} : fmt::format("; did you mean \"{}\"?", best);
}

}  // namespace orch
