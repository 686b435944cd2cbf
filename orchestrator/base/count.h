// Numbers of things, for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orch {

/// "12,345"
std::string grouped(std::int64_t number);
/// "1 row", "4,000 rows"
std::string counted(std::int64_t number, std::string_view noun);

}  // namespace orch
