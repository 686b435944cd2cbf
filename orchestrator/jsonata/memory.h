// How much memory the values of one evaluation hold. Internal to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace orch::jsonata {

/// What the values made in this thread hold, in bytes, and how much they may. One at a time counts;
/// it is the evaluation under way, and what it makes does not outlive it.
class Memory {
 public:
  /// `most` 0: no limit.
  explicit Memory(std::int64_t most) : before_(of_thread()) { of_thread() = {0, most}; }
  ~Memory() { of_thread() = before_; }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// What is held already is the caller's own and does not count.
  static void start_counting() noexcept { of_thread().used = 0; }
  /// Throws Error D1020 when that is too much; nothing is taken then.
  static void take(std::size_t bytes);
  static void give(std::size_t bytes) noexcept {
    of_thread().used -= static_cast<std::int64_t>(bytes);
  }

 private:
  struct Count {
    std::int64_t used = 0;
    std::int64_t most = 0;
  };
  static Count& of_thread() {
    thread_local Count count;
    return count;
  }

  Count before_;
};

/// std::allocator, counted.
template <class T>
struct Metered {
  using value_type = T;

  Metered() = default;
  // As allocators convert.
  // NOLINTNEXTLINE(google-explicit-constructor)
  template <class U>
  Metered(const Metered<U>&) noexcept {}

  T* allocate(std::size_t count) {
    Memory::take(count * sizeof(T));
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* at, std::size_t count) noexcept {
    Memory::give(count * sizeof(T));
    std::allocator<T>().deallocate(at, count);
  }
  friend bool operator==(const Metered&, const Metered&) { return true; }
};

}  // namespace orch::jsonata
