// A process for pipelines_kill_test to kill: an engine whose schedules fire every second of a clock
// that goes from one time to another. Usage: pipelines_victim STORE FROM TO (seconds)
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"

namespace {

using namespace orch;

Instant at(long seconds) { return Instant{std::chrono::seconds(seconds)}; }

/// In one transaction; what is deployed stays as it is.
void deploy(store::Store& store, Instant now) {
  const std::string definition = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
  store.machines().transact([&] {
    auto& pipelines = store.pipelines();
    for (const std::string overlap : {"allow", "skip", "queue_one", "queue_all"}) {
      if (pipelines.find(overlap)) continue;
      store::PipelineRevision revision;
      revision.document = fmt::format(
          R"({{"workflow":"w","overlap":"{}","triggers":{{"t":{{"schedule":"@every 1s"}}}}}})",
          overlap);
      revision.workflow = overlap;
      revision.definition_hash = store::definition_hash(definition);
      pipelines.put({overlap, "", pipelines.add_revision(overlap, revision, definition), now});
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const auto from = std::strtol(argv[2], nullptr, 10), to = std::strtol(argv[3], nullptr, 10);
    const auto store = store::open_as_owner(argv[1], "pipelines_victim");
    deploy(*store, at(from));
    std::atomic<Instant> now = at(from);
    engine::Options options;
    options.triggers = true;
    options.wall = [&] { return now.load(); };
    const workers::Registry registry;
    engine::Engine engine(*store, registry, options);
    for (auto second = from; second <= to; ++second) {
      now = at(second);
      engine.fire({"allow", "asked", "manual", std::to_string(second), at(second)});
      engine.take_activity_task("none", "");  // another turn, which decides what is due now
    }
    engine.wait_idle();
    return 0;
  } catch (const std::exception& error) {
    std::printf("error %s\n", error.what());
    return 1;
  }
}
