#include "orchestrator/base/secret.h"

#include <algorithm>

#include "orchestrator/base/random.h"

namespace orch {

void SecretSource::take(std::uint8_t* to, std::size_t size) {
  if (left_ < size) {
    fill_random(drawn_.data(), drawn_.size());
    left_ = drawn_.size();
  }
  auto* const from = drawn_.data() + (drawn_.size() - left_);
  std::copy_n(from, size, to);
  std::fill_n(from, size, std::uint8_t{0});  // what was handed out is kept in one place only
  left_ -= size;
}

Secret SecretSource::next() {
  Secret secret;
  take(secret.data(), secret.size());
  return secret;
}

std::uint64_t SecretSource::next_bits() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
  take(bytes.data(), bytes.size());
  std::uint64_t bits = 0;
  for (const auto byte : bytes) bits = bits << 8 | byte;
  return bits;
}

bool same_secret(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    different |= static_cast<unsigned>(static_cast<unsigned char>(one[i]) ^
                                       static_cast<unsigned char>(other[i]));
  return different == 0;
}

}  // namespace orch
