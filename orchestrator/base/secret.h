// Secrets: made so that none can be computed from others, and compared so that time tells
// nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orch {

/// 256 bits that only this process knows.
using Secret = std::array<std::uint8_t, 32>;

/// Draws from the kernel's cryptographic generator (getrandom), many at a time: some engines need
/// one for every event. One thread at a time.
class SecretSource {
 public:
  Secret next();
  /// 64 bits, likewise.
  std::uint64_t next_bits();

 private:
  void take(std::uint8_t* to, std::size_t size);

  std::array<std::uint8_t, 4'096> drawn_{};
  std::size_t left_ = 0;  ///< at the end of drawn_
};

/// True when both are equal; takes the same time wherever they differ.
bool same_secret(std::string_view one, std::string_view other);

}  // namespace orch
