#include "orchestrator/store/store.h"

#include <xxhash.h>

#include <fmt/format.h>

namespace orch::store {

std::string definition_hash(std::string_view text) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace orch::store
