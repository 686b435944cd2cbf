#include "workers/connectors/look.h"

#include "orchestrator/base/wall_clock.h"

namespace orch::connectors {

void look(workers::TaskContext& context, const Connections& connections,
          const std::vector<std::string>& names) {
  workers::Needs needs;
  for (const auto& name : names) {
    needs.push_back(connections.need_of(name, wall_now()));
    needs.back().looks = true;
  }
  if (!context.admit(needs).go) throw workers::NotAdmitted();
}

}  // namespace orch::connectors
