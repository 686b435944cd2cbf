// Distributed Maps over a file of JSON Lines. Each function keeps its store in `folder` and is
// meant to run in a process of its own.
#pragma once

#include <filesystem>

#include "bench/child.h"

namespace orch::bench {

/// What the iterations are, each an execution of its own.
enum class Children { standard, express, batches };

/// Writes the `lines` items that the Maps below read: objects of some 60 bytes.
void write_items(const std::filesystem::path& folder, int lines);

/// One Map of a no-op task for each line, results written to files: "lines_per_s", and "store_mb",
/// the size of the run store at the end.
Figures map_of_lines(const std::filesystem::path& folder, int lines, Children children);

/// Begins such a Map, sends "half" when half of the tasks are done, and waits to be killed.
void half_of_lines(const std::filesystem::path& folder, int lines, const Child::Send& send);
/// A restart after that: "seconds" until a worker has its first task, and "redone", how many tasks
/// were done that were in the history as done. The Map must succeed.
Figures rest_of_lines(const std::filesystem::path& folder, int lines);

}  // namespace orch::bench
