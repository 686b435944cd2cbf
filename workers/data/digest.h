// The order-independent fingerprint of a set of rows (with repetitions).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::data {

/// Number of rows and the sum, lane by lane modulo 2^64, of the XXH3 128-bit hashes of the rows in
/// the target's row encoding. Sums of disjoint parts add up to the sum of the whole.
struct Digest {
  std::int64_t rows = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  /// Adds one row.
  void add(std::string_view encoded_row);
  Digest& operator+=(const Digest& other);
  friend bool operator==(const Digest&, const Digest&) = default;

  /// 32 hex digits of the two lanes; the rows are told apart.
  std::string hex() const;
  static std::optional<Digest> from(std::int64_t rows, std::string_view hex);
};

}  // namespace orch::data
