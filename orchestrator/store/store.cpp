#include "orchestrator/store/store.h"

#include <xxhash.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::store {

std::string map_run_arn(std::string machine_arn, std::string_view name) {
  constexpr std::string_view kind = ":stateMachine:";
  if (const auto at = machine_arn.find(kind); at != std::string::npos)
    machine_arn.replace(at, kind.size(), ":mapRun:");
  return fmt::format("{}/{}", machine_arn, name);
}

namespace {
constexpr std::string_view own_place = "arn:aws:states:us-east-1:123456789012";
}

std::string execution_arn(const NewExecution& made) {
  if (!made.service.arn.empty()) return made.service.arn;
  return fmt::format("{}:execution:{}:{}", own_place, made.workflow, made.name);
}

std::string machine_arn(const NewExecution& made) {
  if (!made.service.machine_arn.empty()) return made.service.machine_arn;
  return fmt::format("{}:stateMachine:{}", own_place, made.workflow);
}

void require_sound(const ExecutionRow& row) {
  if (!row.damage.empty()) refuse_damaged(row.damage);
}

void refuse_damaged(const std::string& message) {
  throw Error("ORCH-0206", message,
              "other runs continue; `orch stop` ends the damaged one, a backup brings it back: see "
              "`orch explain ORCH-0206`");
}

std::string definition_hash(std::string_view text) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace orch::store
