// A process that is told to die at a fault point, and how it ended.
#pragma once

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace orch::engine {

struct Ending {
  int status = 0;  ///< as waitpid() gives it
  std::string output;
  bool killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  bool succeeded() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

/// Runs `program` under ORCH_FAULT=`fault` until it ends; its standard output is told.
inline Ending run_mortal(const char* program, std::vector<std::string> arguments,
                         const std::string& fault) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  arguments.insert(arguments.begin(), program);
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const auto child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    if (!fault.empty()) setenv("ORCH_FAULT", fault.c_str(), 1);
    execv(program, words.data());
    _exit(127);
  }
  close(ends[1]);
  Ending ending;
  char buffer[512];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;)
    ending.output.append(buffer, static_cast<std::size_t>(size));
  close(ends[0]);
  waitpid(child, &ending.status, 0);
  return ending;
}

}  // namespace orch::engine
