#include "orchestrator/pipeline/fire_policy.h"

#include <chrono>
#include <cstddef>

#include <fmt/format.h>

namespace orch::pipeline {
namespace {

std::string duration_text(Millis duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration).count();
  constexpr std::int64_t minute = 60, hour = 3600, day = 86'400;
  if (seconds >= 2 * day) return fmt::format("{} days", seconds / day);
  if (seconds >= 2 * hour) return fmt::format("{} hours", seconds / hour);
  if (seconds >= 2 * minute) return fmt::format("{} minutes", seconds / minute);
  return fmt::format("{} s", seconds);
}

std::string under_way_text(const Situation& situation) {
  const auto& runs = situation.under_way;
  if (runs.size() == 1) return fmt::format("run {} is under way", runs[0]);
  return fmt::format("run {} and {} more are under way", runs[0], runs.size() - 1);
}

/// The candidates that are left once those are decided that come too late or while it is paused.
std::vector<std::size_t> sift(const Situation& situation, std::span<const Candidate> candidates,
                              Decided& decided) {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& each = candidates[i];
    auto& made = decided.fires[i];
    const bool paused = !situation.paused.empty() && !each.asked;
    if (!each.waiting && each.late > each.catch_up)
      made = {Verdict::miss, fmt::format("it was decided {} late, and the catch-up window is {}",
                                         duration_text(each.late), duration_text(each.catch_up))};
    else if (paused && !each.waiting)
      made = {each.kept ? Verdict::queue : Verdict::skip, situation.paused};
    else if (!paused)
      left.push_back(i);
  }
  return left;
}

void wait(const Situation& situation, const Candidate& candidate, Decision& made) {
  made.verdict = Verdict::queue;
  if (!candidate.waiting)
    made.reason =
        situation.under_way.empty() ? "others of the queue come first" : under_way_text(situation);
}

void one_after_the_other(const Situation& situation, std::span<const Candidate> candidates,
                         std::span<const std::size_t> left, Decided& decided) {
  bool free = situation.under_way.empty();
  for (const auto i : left) {
    if (free)
      decided.fires[i] = {Verdict::start, ""};
    else
      wait(situation, candidates[i], decided.fires[i]);
    free = false;
  }
}

void the_latest(const Situation& situation, std::span<const Candidate> candidates,
                std::span<const std::size_t> left, Decided& decided) {
  const auto latest = left.back();
  auto& made = decided.fires[latest];
  if (situation.under_way.empty())
    made = {Verdict::start, ""};
  else if (situation.overlap == Overlap::skip && !candidates[latest].waiting)
    made = {Verdict::skip, under_way_text(situation)};
  else
    wait(situation, candidates[latest], made);
  decided.cancel = situation.overlap == Overlap::cancel_running && !situation.under_way.empty();
  for (const auto i : left.first(left.size() - 1)) {
    if (made.verdict == Verdict::skip && candidates[i].waiting) continue;
    decided.fires[i] = {Verdict::skip, made.verdict == Verdict::skip
                                           ? made.reason
                                           : fmt::format("{} is later and takes its place",
                                                         candidates[latest].name)};
  }
}

}  // namespace

Decided decide(const Situation& situation, std::span<const Candidate> candidates) {
  Decided decided;
  decided.fires.resize(candidates.size());
  const auto left = sift(situation, candidates, decided);
  if (left.empty()) return decided;
  switch (situation.overlap) {
    case Overlap::allow:
      for (const auto i : left) decided.fires[i] = {Verdict::start, ""};
      break;
    case Overlap::queue_all:
      one_after_the_other(situation, candidates, left, decided);
      break;
    default:
      the_latest(situation, candidates, left, decided);
  }
  return decided;
}

}  // namespace orch::pipeline
