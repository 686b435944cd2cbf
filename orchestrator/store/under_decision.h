// Which runs are being decided, for the process after this one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::store {

/// Numbers in memory that are a file too, so that they outlive this process however it dies.
/// Setting one costs no system call. They need not survive the machine: a decision that a power cut
/// interrupts is no danger to the next start. Each thread that decides has a place of its own.
class UnderDecision {
 public:
  /// Threads that may decide at a time: the engine's is 0, those of long decisions follow.
  static constexpr std::size_t most_threads = 4;

  /// Takes what a process that died has left in `file` and starts at none. Without a `file`, or
  /// when it cannot be written, the numbers are forgotten with this process.
  explicit UnderDecision(const std::filesystem::path& file = {});
  /// Removes the file.
  ~UnderDecision();
  UnderDecision(const UnderDecision&) = delete;
  UnderDecision& operator=(const UnderDecision&) = delete;

  /// The runs that were being decided when the process before this one died, each once.
  const std::vector<ExecutionId>& left_behind() const { return left_behind_; }

  /// For as long as it lives, `run` is being decided by `thread`.
  class Mark {
   public:
    Mark(UnderDecision& of, ExecutionId run, std::size_t thread = 0)
        : number_((*of.numbers_)[thread]), before_(number_.load(std::memory_order_relaxed)) {
      set(static_cast<std::int64_t>(run));
    }
    ~Mark() { set(before_); }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

   private:
    // The fences keep the compiler from moving the decision out of it.
    void set(std::int64_t value) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
      number_.store(value, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }

    std::atomic<std::int64_t>& number_;
    std::int64_t before_;
  };

 private:
  using Numbers = std::array<std::atomic<std::int64_t>, most_threads>;  ///< 0: none

  void map(const std::filesystem::path& file);
  void remember(std::span<const std::int64_t> left);

  std::filesystem::path file_;
  Numbers own_ = {};  ///< when there is no file
  Numbers* numbers_ = &own_;
  std::vector<ExecutionId> left_behind_;
};

}  // namespace orch::store
