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

}  // namespace orch::bench
