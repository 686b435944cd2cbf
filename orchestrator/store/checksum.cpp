#include "orchestrator/store/checksum.h"

#include <xxhash.h>

namespace orch::store {

Checksum& Checksum::add(std::string_view text) {
  sum_ = XXH3_64bits_withSeed(text.data(), text.size(), sum_);
  return *this;
}

Checksum& Checksum::add(std::int64_t number) {
  // Low byte first on every machine: a store may be moved to another one.
  char bytes[8];
  for (auto& byte : bytes) {
    byte = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  return add(std::string_view(bytes, sizeof bytes));
}

}  // namespace orch::store
