// What the tools share: reading their input, and naming a delivery.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "orchestrator/json/fields.h"
#include "workers/worker.h"

namespace orch::tools {

/// Calls `read` for the task's input object, then refuses members that were not read. Throws
/// TaskFailed "Input.Invalid" (ORCH-0601) that lists everything `read` found wrong.
void read_input(const workers::Task& task, const std::function<void(json::Fields&)>& read);

/// The same text for every delivery of one attempt, another one for the next attempt.
std::string delivery_id(const workers::Task& task);

/// "timeout_seconds" of the input, from 1 to a day.
std::chrono::seconds timeout_of(json::Fields& fields, std::chrono::seconds otherwise);

}  // namespace orch::tools
