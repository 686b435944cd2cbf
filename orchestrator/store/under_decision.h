// Which run is being decided, for the process after this one.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "orchestrator/store/store.h"

namespace orch::store {

/// A number in memory that is a file too, so that it outlives this process however it dies. Setting
/// it costs no system call. It need not survive the machine: a decision that a power cut
/// interrupts is no danger to the next start.
class UnderDecision {
 public:
  /// Takes what a process that died has left in `file` and starts at none. Without a `file`, or
  /// when it cannot be written, the number is forgotten with this process.
  explicit UnderDecision(const std::filesystem::path& file = {});
  /// Removes the file.
  ~UnderDecision();
  UnderDecision(const UnderDecision&) = delete;
  UnderDecision& operator=(const UnderDecision&) = delete;

  /// The run that was being decided when the process before this one died.
  std::optional<ExecutionId> left_behind() const { return left_behind_; }

  /// For as long as it lives, `run` is being decided.
  class Mark {
   public:
    Mark(UnderDecision& of, ExecutionId run)
        : number_(*of.number_), before_(number_.load(std::memory_order_relaxed)) {
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
  void map(const std::filesystem::path& file);

  std::filesystem::path file_;
  std::atomic<std::int64_t> own_ = 0;  ///< when there is no file
  std::atomic<std::int64_t>* number_ = &own_;
  std::optional<ExecutionId> left_behind_;
};

}  // namespace orch::store
