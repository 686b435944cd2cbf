// What the engine's benchmarks measure. Each function makes its own store in `folder`, which must
// be empty, and is meant to run in a process of its own.
#pragma once

#include <filesystem>

#include "bench/child.h"

namespace orch::bench {

/// One run of `steps` no-op tasks, one after the other: "steps_per_s".
Figures sequential_tasks(const std::filesystem::path& folder, int steps);
/// One run of `steps` Pass states: "states_per_s".
Figures sequential_passes(const std::filesystem::path& folder, int steps);
/// `runs` runs of `steps` no-op tasks each, submitted at once: "steps_per_s".
Figures many_runs(const std::filesystem::path& folder, int runs, int steps);
/// One Map of `items` no-op tasks: "seconds", from submit to the end.
Figures map_of(const std::filesystem::path& folder, int items);
/// `rounds` submissions to an idle engine, one after the other: "p50_ms" and "p99_ms" from the call
/// until the worker has the first task.
Figures first_task(const std::filesystem::path& folder, int rounds);

/// Brings `tasks` tasks under way that never end, sends "open", and waits to be killed.
void open_tasks(const std::filesystem::path& folder, int tasks, const Child::Send& send);
/// What a restart after that takes until a worker has had every task: "seconds".
Figures recovery(const std::filesystem::path& folder, int tasks);

}  // namespace orch::bench
