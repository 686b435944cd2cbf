// Random bits of the operating system.
#pragma once

#include <cstddef>
#include <cstdint>

namespace orch {

/// 64 random bits from the kernel. Not std::random_device: libstdc++ trusts the processor's RDSEED,
/// which on some answers one request in five hundred with zero. Thread-safe.
std::uint64_t random_bits();

/// `size` random bytes from the kernel's cryptographic generator. Thread-safe.
void fill_random(std::uint8_t* bytes, std::size_t size);

}  // namespace orch
