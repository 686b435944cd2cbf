#include "orchestrator/engine/run_id.h"

#include "orchestrator/base/random.h"

namespace orch::engine {
namespace {

constexpr std::uint64_t tail_bits = 30;

void write(std::uint64_t number, char* first, char* last) {
  static constexpr char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  for (; last != first; number >>= 5) *--last = digits[number & 31];
}

}  // namespace

std::string RunIds::next(Instant now) {
  const auto time = now.time_since_epoch().count();
  if (time > time_) {
    time_ = time;
    // The highest bit stays free: room to count, whatever the start.
    tail_ = random_bits() >> (64 - tail_bits + 1);
  } else {
    ++tail_;
  }
  std::string id(16, '0');
  write(static_cast<std::uint64_t>(time_), id.data(), id.data() + 10);
  write(tail_, id.data() + 10, id.data() + 16);
  return id;
}

}  // namespace orch::engine
