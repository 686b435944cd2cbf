// May a corrected definition take over a run?
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace orch::engine {

/// Compares the states `completed` (left at least once) and `entered` in two definitions' texts.
/// Empty when `after` may take over; else what stands against it: a completed state that differs,
/// or an entered one that is missing, of another type or in another flow. Flows nested in a state
/// count as states of their own.
std::string definition_conflict(std::string_view before, std::string_view after,
                                const std::set<std::string>& completed,
                                const std::set<std::string>& entered);

}  // namespace orch::engine
