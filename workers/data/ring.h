// The bounded queue of chunks between the threads that read and the one that writes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace orch::data {

/// Thrown out of a blocked push() or pop() when the move was given up for another reason.
class RingAborted : public std::exception {
 public:
  const char* what() const noexcept override { return "the move was given up"; }
};

/// Chunks change hands by swapping buffers, so that after the first round nothing is allocated.
/// Several producers, one consumer; locked once a chunk.
class Ring {
 public:
  Ring(std::size_t slots, std::size_t producers) : slots_(slots), open_(producers) {}

  /// Hands over `chunk` and leaves an empty buffer in its place. Blocks while the ring is full.
  void push(std::string& chunk);
  /// Takes the oldest chunk; false when every producer has closed and none is left.
  bool pop(std::string& chunk);
  /// One producer has no more.
  void close();
  /// Wakes everybody with RingAborted. Thread-safe, may be repeated.
  void abort() noexcept;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> slots_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t open_;
  bool aborted_ = false;
};

}  // namespace orch::data
