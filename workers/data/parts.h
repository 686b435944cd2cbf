// Into how many parts a table is worth being split.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>

namespace orch::data {

/// One for two cores of this machine: a part keeps a thread that reads and one that writes busy,
/// and as many sessions of the databases, which are often here as well. With more parts they wait
/// for each other, and a table that several transactions wrote costs the target more to publish.
inline std::int64_t useful_parts() {
  return std::max<std::int64_t>(1, std::thread::hardware_concurrency() / 2);
}

}  // namespace orch::data
