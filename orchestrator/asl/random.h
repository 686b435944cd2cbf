// Random numbers that are the same on every machine: all randomness of a run comes from seeds that
// the engine stamps once. (The distributions of <random> differ between libraries.)
#pragma once

#include <cstdint>

namespace orch::asl {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound); `bound` > 0. Values past the last multiple of the bound are thrown
  /// away, so that none is likelier than another.
  std::uint64_t below(std::uint64_t bound) {
    const auto limit = UINT64_MAX - UINT64_MAX % bound;
    auto value = next();
    while (value >= limit) value = next();
    return value % bound;
  }

 private:
  std::uint64_t state_;
};

/// The seed of the `number`-th user of `seed`: unrelated to its neighbours'.
inline std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t number) {
  return Random(Random(seed).next() + number).next();
}

}  // namespace orch::asl
