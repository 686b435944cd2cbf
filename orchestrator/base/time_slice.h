// How long the work for one run may keep a thread that others wait for.
#pragma once

#include <atomic>
#include <chrono>

namespace orch {

/// Thrown by TimeSlice::look(). No std::exception: what catches the failures of the work itself
/// does not take it for one.
struct SliceOver {};

/// While it lives, look() in this thread throws SliceOver once `length` is over, or once
/// `cancelled` is set.
class TimeSlice {
 public:
  explicit TimeSlice(std::chrono::steady_clock::duration length)
      : end_(std::chrono::steady_clock::now() + length) {
    current() = this;
  }
  explicit TimeSlice(const std::atomic<bool>& cancelled) : cancelled_(&cancelled) {
    current() = this;
  }
  ~TimeSlice() { current() = nullptr; }
  TimeSlice(const TimeSlice&) = delete;
  TimeSlice& operator=(const TimeSlice&) = delete;

  /// For work that may take long: every few thousand steps.
  static void look() {
    const auto* slice = current();
    if (slice && slice->over()) throw SliceOver();
  }

 private:
  static const TimeSlice*& current() {
    thread_local const TimeSlice* slice = nullptr;
    return slice;
  }
  bool over() const {
    if (cancelled_) return cancelled_->load(std::memory_order_relaxed);
    return std::chrono::steady_clock::now() > end_;
  }

  std::chrono::steady_clock::time_point end_{};
  const std::atomic<bool>* cancelled_ = nullptr;
};

}  // namespace orch
