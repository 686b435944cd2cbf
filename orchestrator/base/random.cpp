#include "orchestrator/base/random.h"

#include <cerrno>
#include <cstring>
#include <sys/random.h>

#include "orchestrator/base/error.h"

namespace orch {

void fill_random(std::uint8_t* bytes, std::size_t size) {
  while (size > 0) {
    const auto got = getrandom(bytes, size, 0);
    if (got < 0 && errno != EINTR)
      throw Error("ORCH-0002", std::string("no random bits: ") + std::strerror(errno));
    if (got < 0) continue;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  fill_random(reinterpret_cast<std::uint8_t*>(&bits), sizeof bits);
  return bits;
}

}  // namespace orch
