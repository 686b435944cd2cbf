// Each measurement runs in a process of its own: a cold heap, and a peak memory that is its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <sys/types.h>

namespace orch::bench {

/// What one measurement found, by name.
using Figures = std::map<std::string, double>;

/// A forked child that runs `body` and can be killed. The parent must not have threads.
class Child {
 public:
  /// `body` gets a function that sends figures to the parent; they may come in several parts.
  using Send = std::function<void(const Figures&)>;
  explicit Child(const std::function<void(const Send&)>& body);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills and reaps a child that still runs.
  ~Child();

  /// The next part that the child sent. Throws std::runtime_error when it ended instead.
  Figures receive();
  /// SIGKILL, and waits until it is gone.
  void kill();

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

/// Runs `body` in a child and returns its figures with "peak_mb", its largest resident set in MiB,
/// and "cpu_s", the processor time it took.
Figures measured(const std::function<Figures()>& body);

}  // namespace orch::bench
