#include "examples/ledger/generator/book.h"

#include <fmt/format.h>

#include "examples/ledger/generator/random.h"

namespace ledger {

std::string uuid(Random& random) {
  const auto high = random.bits();
  const auto low = random.bits();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, ((low >> 48) & 0x3fff) | 0x8000, low & 0xffff'ffff'ffff);
}

Date date_between(Random& random, Date first, Date last) {
  return first + std::chrono::days{random.between(0, static_cast<int>((last - first).count()))};
}

int working_second(Random& random) { return random.between(7 * 3600, 19 * 3600); }

}  // namespace ledger
