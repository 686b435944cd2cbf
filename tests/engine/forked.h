// Work in a child process that shares nothing with this one but what it was born with.
#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace orch::engine {

/// As waitpid() gives it. The child's expectations count as its exit code: 1 when one has failed.
/// This process must have one thread, and must not have passed a fault point: `fault` is what
/// ORCH_FAULT says in the child, and this process must have been started with that variable.
inline int in_child(const std::string& fault, const std::function<void()>& work) {
  std::fflush(nullptr);
  const auto child = fork();
  if (child == 0) {
    setenv("ORCH_FAULT", fault.c_str(), 1);
    bool failed = false;
    try {
      work();
    } catch (const std::exception& error) {
      std::printf("the child failed: %s\n", error.what());
      failed = true;
    }
    failed = failed || ::testing::Test::HasFailure();
    std::fflush(nullptr);
    _exit(failed ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

inline bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
inline bool succeeded(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

}  // namespace orch::engine
