// Random numbers that are the same everywhere: the standard fixes the engine, not its
// distributions.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string_view>

namespace ledger {

/// A stream of numbers of its own for each `stream` name, so that a change of one table leaves the
/// others as they are. At most one draw per function call's arguments: their order is the
/// compiler's.
class Random {
 public:
  explicit Random(std::string_view stream) : engine_(hash(stream)) {}

  /// From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  int between(int low, int high) {
    return static_cast<int>(between(std::int64_t{low}, std::int64_t{high}));
  }
  bool percent(int chance) { return between(1, 100) <= chance; }
  template <class T>
  const T& pick(std::span<const T> items) {
    return items[engine_() % items.size()];
  }
  template <class Items>
  const auto& pick(const Items& items) {
    return items[engine_() % items.size()];
  }
  std::uint64_t bits() { return engine_(); }
  /// Mostly near `low`, rarely far above it: doubles with even odds, up to `doublings` times.
  std::int64_t skewed(std::int64_t low, int doublings) {
    std::int64_t high = low * 2;
    while (doublings-- > 0 && percent(50)) high *= 2;
    return between(high / 2, high);
  }

 private:
  static std::uint64_t hash(std::string_view text) {  // FNV-1a
    std::uint64_t h = 14695981039346656037U;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return h;
  }
  std::mt19937_64 engine_;
};

}  // namespace ledger
