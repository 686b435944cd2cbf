// A program as a child, with files for its standard streams, and an end that always comes.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace orch::library {

struct ProgramCall {
  std::vector<std::string> argv;         ///< not empty; argv[0] is looked up in PATH; no shell
  std::vector<std::string> environment;  ///< "NAME=value"; nothing is inherited beside it
  std::filesystem::path folder;          ///< working folder
  std::string input;                     ///< its standard input
  std::chrono::milliseconds timeout = std::chrono::minutes(5);
  std::size_t max_output_bytes = 1 << 20;
};

struct ProgramEnd {
  enum class Kind : std::uint8_t { exited, signalled, timed_out, output_too_large } kind{};
  int code = 0;  ///< exit code, or the signal's number
  std::string output;
  std::string error_tail;  ///< the last 4 KiB of its standard error
};

/// Runs a program as the leader of a process group of its own and waits for its end. Whatever is
/// left of the group then is killed; a program that is out of time, says too much or is no longer
/// wanted gets SIGTERM, and SIGKILL two seconds later. `tick` is called several times a second and
/// may throw, which ends the program too. Blocks; needs no signal handler and takes no signal of
/// other children. Throws TaskFailed "Process.NotStarted".
ProgramEnd run_program(const ProgramCall& call, const std::function<void()>& tick);

}  // namespace orch::library
