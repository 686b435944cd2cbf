#include "workers/data/digest.h"

#include <charconv>
#include <xxhash.h>

#include <fmt/format.h>

namespace orch::data {

void Digest::add(std::string_view encoded_row) {
  const auto hash = XXH3_128bits(encoded_row.data(), encoded_row.size());
  low += hash.low64;
  high += hash.high64;
  ++rows;
}

Digest& Digest::operator+=(const Digest& other) {
  rows += other.rows;
  low += other.low;
  high += other.high;
  return *this;
}

std::string Digest::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

std::optional<Digest> Digest::from(std::int64_t rows, std::string_view hex) {
  Digest digest;
  digest.rows = rows;
  if (hex.size() != 32) return std::nullopt;
  const auto read = [&](std::size_t first, std::uint64_t& lane) {
    const auto* begin = hex.data() + first;
    return std::from_chars(begin, begin + 16, lane, 16).ptr == begin + 16;
  };
  if (!read(0, digest.high) || !read(16, digest.low)) return std::nullopt;
  return digest;
}

}  // namespace orch::data
