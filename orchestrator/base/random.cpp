#include "orchestrator/base/random.h"

#include <cerrno>
#include <cstring>
#include <sys/random.h>

#include "orchestrator/base/error.h"

namespace orch {

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  while (getrandom(&bits, sizeof bits, 0) != sizeof bits) {
    if (errno != EINTR)
      throw Error("ORCH-0002", std::string("no random bits: ") + std::strerror(errno));
  }
  return bits;
}

}  // namespace orch
