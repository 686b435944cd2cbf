#include "orchestrator/engine/run_id.h"

#include <cstdint>
#include <random>

namespace orch::engine {

std::string new_run_id(Instant now) {
  static constexpr char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  thread_local std::random_device random;
  const auto time = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const std::uint64_t tail = random();  // 30 of its bits are used
  std::string id(16, '0');
  for (int i = 0; i < 10; ++i)
    id[static_cast<std::size_t>(i)] = digits[(time >> (45 - 5 * i)) & 31];
  for (int i = 0; i < 6; ++i) id[static_cast<std::size_t>(10 + i)] = digits[(tail >> (5 * i)) & 31];
  return id;
}

}  // namespace orch::engine
