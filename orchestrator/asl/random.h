// Random numbers that are the same on every machine and in every run, given the seed. (The
// distributions of <random> differ between standard libraries.)
#pragma once

#include <cstdint>

namespace orch::asl {

/// The splitmix64 generator of Steele, Lea and Flood. Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    auto z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }

  /// Uniform in [0, bound); `bound` is not 0.
  constexpr std::uint64_t below(std::uint64_t bound) {
    const auto unfair = (0 - bound) % bound;  // so many numbers would favour the small results
    auto number = next();
    while (number < unfair) number = next();
    return number % bound;
  }

 private:
  std::uint64_t state_;
};

/// The seed of the `number`-th user of `seed`: unrelated to its neighbours'.
inline std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t number) {
  return Random(Random(seed).next() + number).next();
}

}  // namespace orch::asl
