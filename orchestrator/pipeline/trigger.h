// The triggers of a pipeline: what fires it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "orchestrator/json/fields.h"
#include "orchestrator/pipeline/after_trigger.h"
#include "orchestrator/pipeline/files_trigger.h"
#include "orchestrator/pipeline/schedule_trigger.h"
#include "orchestrator/pipeline/webhook_trigger.h"

namespace orch::pipeline {

/// A kind has a file of its own with its parser; the member that it is known by is its name.
using TriggerKind = std::variant<ScheduleTrigger, FilesTrigger, AfterTrigger, WebhookTrigger>;

/// What becomes of what a trigger fires while its pipeline is paused.
enum class WhenPaused : std::uint8_t {
  skip,  ///< it is recorded, with who paused it and why, and that is all
  queue  ///< it waits for the resume
};

struct Trigger {
  TriggerKind kind;
  WhenPaused when_paused = WhenPaused::skip;
  std::string text;  ///< its JSON: another text is another trigger
};

/// By name.
using Triggers = std::map<std::string, Trigger>;

/// "schedule", "files", …
std::string_view kind_name(const TriggerKind& kind);

/// The triggers that orch fires itself: no trigger of a pipeline has their names.
inline constexpr std::string_view manual_trigger = "manual";  ///< somebody asked for a run
inline constexpr std::string_view api_trigger = "api";        ///< a client of StartExecution did

/// The member "triggers".
Triggers read_triggers(json::Fields& pipeline);

/// Letters, digits, `-` and `_`, at most 64: of pipelines and triggers.
bool is_name(std::string_view text);

}  // namespace orch::pipeline
