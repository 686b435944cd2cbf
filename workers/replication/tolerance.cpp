#include "workers/replication/tolerance.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/worker.h"

namespace orch::replication {

std::int64_t allowed_failures(const boost::json::value* tolerance, std::size_t tables) {
  if (!tolerance) return 0;
  if (tolerance->is_int64() && tolerance->get_int64() >= 0) return tolerance->get_int64();
  if (tolerance->is_string()) {
    const std::string text(tolerance->get_string());
    char* end = nullptr;
    const double percent = std::strtod(text.c_str(), &end);
    if (end != text.c_str() && std::string_view(end) == "%" && percent >= 0 && percent <= 100)
      return static_cast<std::int64_t>(std::floor(static_cast<double>(tables) * percent / 100));
  }
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("tolerance must be a number of tables or a share such as \"10%\", found {}",
                  json::write(*tolerance)),
      "", "ORCH-0530");
}

}  // namespace orch::replication
