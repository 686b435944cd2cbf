#include "orchestrator/host/backup_operations.h"

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/backup.h"
#include "orchestrator/host/parameters.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_kept = 10'000;

bj::object back_up_store(Site& site, const bj::object& given) {
  Parameters parameters("store.backup", given);
  const auto to = parameters.required_string("to");
  const auto keep = parameters.integer("keep", 1, most_kept).value_or(0);
  parameters.done();
  const auto made = back_up(site.store_url, to, static_cast<int>(keep), wall_now());
  return {{"place", made.place}, {"bytes", made.bytes}, {"runs", made.runs}};
}

}  // namespace

std::vector<Operation> backup_operations() { return {{"store.backup", false, back_up_store}}; }

}  // namespace orch::host
