#include "orchestrator/pipeline/limits.h"

namespace orch::pipeline {
namespace {

constexpr std::int64_t most = 10'000;
constexpr std::int64_t largest_priority = 100;

}  // namespace

Limits read_limits(json::Fields& pipeline) {
  Limits limits;
  const auto* object = pipeline.object("limits");
  if (!object) return limits;
  json::Fields fields(*object, pipeline.at("limits"), pipeline.problems());
  limits.runs = fields.integer("runs", 1, most);
  limits.priority = fields.integer("priority", -largest_priority, largest_priority).value_or(0);
  if (const auto* tags = fields.object("tags")) {
    json::Fields each(*tags, fields.at("tags"), pipeline.problems());
    for (const auto& tag : *tags)
      if (const auto count = each.integer(tag.key(), 1, most))
        limits.tags.emplace(tag.key(), *count);
  }
  fields.finish("the limits of a pipeline");
  return limits;
}

}  // namespace orch::pipeline
