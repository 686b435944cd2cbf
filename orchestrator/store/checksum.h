// Checksums of what the store keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::store {

/// A 64-bit sum (XXH3) over the values of a row, in their order. It tells damage from sound rows,
/// not forged ones. An unset value differs from an empty one, and where one value ends matters.
class Checksum {
 public:
  Checksum& add(std::string_view text);
  Checksum& add(const std::string& text) { return add(std::string_view(text)); }
  Checksum& add(const char* text) { return add(std::string_view(text)); }
  Checksum& add(std::int64_t number);
  template <class T>
  Checksum& add(const std::optional<T>& value) {
    return value ? add(std::int64_t{1}).add(*value) : add(std::int64_t{0});
  }

  /// As SQL databases keep it: the 64 bits as a signed number.
  std::int64_t value() const { return static_cast<std::int64_t>(sum_); }

 private:
  std::uint64_t sum_ = 0;
};

template <class... Values>
std::int64_t checksum_of(const Values&... values) {
  Checksum sum;
  (sum.add(values), ...);
  return sum.value();
}

}  // namespace orch::store
