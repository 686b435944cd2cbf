#include "orchestrator/engine/stop_at_rest.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/random.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/folding.h"

namespace orch::engine {
namespace {

void stop(store::Store& store, store::Turn& turn, store::ExecutionRow row,
          const execution::Stop& reason) {
  const auto now = wall_now();
  try {
    auto execution = fold(
        store, row,
        asl::parse_or_throw(store.definition(row.made.definition_hash), "the stored definition"),
        {});
    const auto events = execution.decide({now, random_bits(), reason});
    turn.append(row.id, events);
    take_outcome(execution, now, row);
  } catch (const Error& error) {
    if (!row.set_aside && error.code() != "ORCH-0206") throw;
    abort_unread(reason, now, row);
  }
  turn.set_outcome(row);
}

}  // namespace

std::string stop_at_rest(store::Store& store, const std::string& run, const std::string& error,
                         const std::string& cause) {
  const auto row = store.find_unchecked(run);
  if (row.status != execution::Status::running)
    throw Error("ORCH-0205", fmt::format("run {} is not running: it is {}", row.made.run_id,
                                         to_string(row.status)));
  const auto others = parts_of(store, row);
  const auto turn = store.begin();
  stop(store, *turn, row, {error, cause});
  for (const auto& other : others) stop(store, *turn, other, {"", ""});
  turn->commit();
  return row.made.run_id;
}

}  // namespace orch::engine
