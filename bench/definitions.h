// The workflows that the benchmarks run.
#pragma once

#include <string>

namespace orch::bench {

/// `steps` Task states in a row, each with the resource "bench:step".
std::string task_chain(int steps);
/// `steps` Pass states in a row.
std::string pass_chain(int steps);
/// A Map over the input with one Task state "bench:step"; `width` iterations at once, 0: no limit.
std::string task_map(int width);
/// [0,1,…,items-1]
std::string numbers(int items);

/// A Map in Mode DISTRIBUTED over the JSON Lines `folder`/`file`, a no-op task an item.
struct LinesMap {
  std::string folder;  ///< absolute; results go into its "results"
  std::string file;
  bool express = false;
  int batch = 0;  ///< items of a child; 0: one, without the frame of a batch
};
std::string lines_map(const LinesMap& map);

}  // namespace orch::bench
