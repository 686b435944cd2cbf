#include "orchestrator/pipeline/retention.h"

#include <fmt/format.h>

namespace orch::pipeline {
namespace {

constexpr std::int64_t most_days = 36'500;
constexpr std::int64_t most_runs = 1'000'000'000;

}  // namespace

std::optional<Retention> read_retention(json::Fields& pipeline) {
  const auto* object = pipeline.object("retention");
  if (!object) return std::nullopt;
  json::Fields fields(*object, pipeline.at("retention"), pipeline.problems());
  Retention made;
  made.days = fields.integer("days", 1, most_days);
  made.runs = fields.integer("runs", 1, most_runs);
  made.failure_days = fields.integer("failure_days", 1, most_days);
  fields.finish("the retention of a pipeline");
  if (made.days && made.failure_days && *made.failure_days < *made.days)
    fields.problem("failure_days",
                   fmt::format("failures are kept for {} days, other runs for {}",
                               *made.failure_days, *made.days),
                   "failures are kept at least as long");
  return made;
}

std::string RetentionCount::why_not_keep(bool succeeded, Instant ended_at) {
  const auto days = succeeded || !limits_.failure_days ? limits_.days : limits_.failure_days;
  const bool too_many = succeeded && limits_.runs && ++succeeded_ > *limits_.runs;
  if (days && ended_at < now_ - std::chrono::days(*days))
    return fmt::format("{} more than {} days ago", succeeded ? "ended" : "failed", *days);
  if (too_many) return fmt::format("not among the latest {} that succeeded", *limits_.runs);
  return {};
}

}  // namespace orch::pipeline
